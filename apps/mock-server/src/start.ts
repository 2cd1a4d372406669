import { readFile } from 'node:fs/promises';
import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { JsonObject } from '@agent-harbor/api-contract/schemas';
import { fieldProblem, parse, wholeHost } from '@agent-harbor/core';
import { createKeyCredentials, digestKey } from '@agent-harbor/rest-api';
import {
  createSwaggerUiReader,
  hostKey,
  keyFileIn,
  listen,
  makeStateDir,
} from '@agent-harbor/rest-api/express';
import { loadScenario, type Scenario } from '@agent-harbor/scenario';
import manifest from '../package.json' with { type: 'json' };
import type { MockClock } from './clock/mock-clock.ts';
import { MockServerConfig, type MockServerSettings } from './config.ts';
import type { Faults } from './faults/create-faults.ts';
import { createExchangeableApi } from './world/exchangeable-api.ts';
import { openWorld, type WorldOptions } from './world/open-world.ts';
import type { World } from './world/world.ts';

export type { MockClock } from './clock/mock-clock.ts';
export { MockServerConfig, type MockServerSettings } from './config.ts';
export type { Faults } from './faults/create-faults.ts';
export type { Fault, FaultInput } from './faults/fault.ts';

/** A mock server that serves. Its clock and faults are those of now: after a reset there are others. */
export interface RunningMockServer {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  readonly keyFile: string;
  /** Freezes and moves its time, as `/mock/clock` does. */
  readonly clock: Pick<MockClock, 'now' | 'isFrozen' | 'freeze' | 'run' | 'advance'>;
  /** Lets things go wrong, as `/mock/faults` does. */
  readonly faults: Pick<Faults, 'list' | 'add' | 'remove' | 'clear'>;
  /** Begins again as if just started, as `/mock/reset` does. */
  reset(wish?: Partial<Pick<World, 'seed' | 'data'>>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the contract over memory and scripted agents: the handlers of the real server, ids from a seed, every reply
 * held against the contract. Nothing survives it but the key. Throws a `Problem` for a setting that is wrong.
 */
export const startMockServer = async (settings: MockServerSettings): Promise<RunningMockServer> => {
  const config = parse(MockServerConfig, settings);
  const { host, port, stateDir, noAuth, rateLimit } = config;
  await makeStateDir(stateDir);
  const key = { digest: await digestKey(await hostKey(stateDir)), caller };
  const { version } = manifest;

  // One after another, so that each begins where the one before has ended.
  let lastReset: Promise<void> = Promise.resolve();
  const options: WorldOptions = {
    config,
    scenarioFiles: await readScenarios(config.scenarioFiles),
    reset(wish) {
      const done = lastReset.then(() => reset(wish));
      lastReset = done.then(
        () => undefined,
        () => undefined,
      );
      return done;
    },
    api: {
      credentials: noAuth ? null : createKeyCredentials([key]),
      version: { name: 'agent-harbor-mock', version, apiVersion: 'v1' },
      openapi: () => parse(JsonObject, createOpenApiDocument({ version })),
      allowedOrigins: config.cors,
      rateLimit: { quota: rateLimit.requests, windowSeconds: rateLimit.windowSeconds },
      assets: createSwaggerUiReader(),
      checksReplies: true,
    },
  };
  let world = await openWorld(options);
  const api = createExchangeableApi(world.api);
  const reset = async (wish: Partial<Pick<World, 'seed' | 'data'>>): Promise<World> => {
    const before = world;
    world = await openWorld(options, wish);
    api.exchange(world.api);
    await before.close();
    return world;
  };

  const listening = await listen(api, { host, port }).catch(async (error: unknown) => {
    await world.close();
    throw error;
  });
  return {
    url: listening.url,
    pid: process.pid,
    stateDir,
    keyFile: keyFileIn(stateDir),
    get clock() {
      return world.clock;
    },
    get faults() {
      return world.faults;
    },
    async reset(wish = {}) {
      await options.reset(wish);
    },
    async close() {
      try {
        await listening.close({ graceMs: 1_000 });
      } finally {
        await world.close();
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
