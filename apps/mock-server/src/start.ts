import { readFile } from 'node:fs/promises';
import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { JsonObject } from '@agent-harbor/api-contract/schemas';
import { createSeededIds, fieldProblem, parse, wholeHost } from '@agent-harbor/core';
import { globalClock, memoryHarbor } from '@agent-harbor/mock-client';
import { createApi, createKeyCredentials, digestKey } from '@agent-harbor/rest-api';
import {
  createSwaggerUiReader,
  hostKey,
  keyFileIn,
  listen,
  makeStateDir,
} from '@agent-harbor/rest-api/express';
import { loadScenario, type Scenario } from '@agent-harbor/scenario';
import manifest from '../package.json' with { type: 'json' };
import { MockServerConfig, type MockServerSettings } from './config.ts';

export { MockServerConfig, type MockServerSettings } from './config.ts';

/** A mock server that serves. */
export interface RunningMockServer {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  readonly keyFile: string;
  close(): Promise<void>;
}

/**
 * Serves the contract over memory and scripted agents: the handlers of the real server, ids from a seed, every reply
 * held against the contract. Nothing survives it but the key. Throws a `Problem` for a setting that is wrong.
 */
export const startMockServer = async (settings: MockServerSettings): Promise<RunningMockServer> => {
  const config = parse(MockServerConfig, settings);
  const { host, port, stateDir, seed, speed, maxConcurrentTasks, noAuth, rateLimit } = config;
  await makeStateDir(stateDir);
  const scenarios = await readScenarios(config.scenarioFiles);
  const harbor = memoryHarbor(globalClock, { seed, speed, scenarios, maxConcurrentTasks });
  const key = { digest: await digestKey(await hostKey(stateDir)), caller };
  const { version } = manifest;
  const api = createApi({
    harbor,
    clock: globalClock,
    ids: createSeededIds(`${seed} requests`),
    credentials: noAuth ? null : createKeyCredentials([key]),
    version: { name: 'agent-harbor-mock', version, apiVersion: 'v1' },
    openapi: () => parse(JsonObject, createOpenApiDocument({ version })),
    allowedOrigins: config.allowedOrigins,
    rateLimit: { quota: rateLimit.requests, windowSeconds: rateLimit.windowSeconds },
    assets: createSwaggerUiReader(),
    checksReplies: true,
  });
  const listening = await listen(api, { host, port }).catch(async (error: unknown) => {
    await harbor.close();
    throw error;
  });
  return {
    url: listening.url,
    pid: process.pid,
    stateDir,
    keyFile: keyFileIn(stateDir),
    async close() {
      try {
        await listening.close({ graceMs: 1_000 });
      } finally {
        await harbor.close();
      }
    },
  };
};

const caller = { id: 'host-key', role: 'admin', scope: wholeHost } as const;

/** Scenarios from files, by their names; of two with the same name the later one counts. */
const readScenarios = async (files: readonly string[]): Promise<Record<string, Scenario>> => {
  const scenarios: Record<string, Scenario> = {};
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw fieldProblem('scenarioFiles', `${file} cannot be read: ${reason}`);
    });
    const scenario = loadScenario(text, file);
    scenarios[scenario.name] = scenario;
  }
  return scenarios;
};
