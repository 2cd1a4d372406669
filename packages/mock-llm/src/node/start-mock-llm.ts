import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, Problem, parse } from '@agent-harbor/core';
import { builtInScenarios, type Scenario } from '@agent-harbor/scenario';
import { readScenarioFile } from '@agent-harbor/scenario/node';
import { createMockLlm, type MockLlm } from '../world/create-mock-llm.ts';
import { MockLlmConfig, type MockLlmSettings } from './config.ts';
import { openLogFile } from './log-file.ts';
import { serve } from './serve.ts';
import { systemClock } from './system-clock.ts';

/** A mock of models that serves. */
export interface RunningMockLlm {
  readonly url: string;
  readonly pid: number;
  /** What it was asked, and what it answered. */
  readonly requests: MockLlm['requests'];
  /** What goes wrong, as `/mock/faults` sets it. */
  readonly faults: MockLlm['faults'];
  /** What of the scenarios that were brought no model can play, once each. */
  readonly remarks: readonly string[];
  /** Begins again as if just started, as `/mock/reset` does. */
  reset(): void;
  /** Ends it at once, with what it is answering. */
  close(): Promise<void>;
}

/**
 * Serves the API of models on loopback, played from scenarios. Throws a `Problem` for a setting that is wrong, a scenario
 * that cannot be read and an address that cannot be bound. Time is the clock's: a test may hold it.
 */
export const startMockLlm = async (
  settings: MockLlmSettings,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<RunningMockLlm> => {
  const { host, port, scenarioFiles, strict, log, ...config } = parse(MockLlmConfig, settings);
  const own = readScenarios(scenarioFiles);
  const file = log === undefined ? undefined : await openLogFile(log);
  const mock = createMockLlm({
    ...config,
    scenarios: withBuiltIn(own),
    clock,
    isStrict: strict,
    ...(file === undefined ? {} : { onRequest: file.append }),
  });
  const abort = new AbortController();
  const server = createServer(
    { requestTimeout: 120_000, keepAliveTimeout: 65_000 },
    serve(mock, clock, abort.signal),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(asProblem(error, host, port)));
    server.listen(port, host, resolve);
  }).catch(async (error: unknown) => {
    await file?.close();
    throw error;
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    pid: process.pid,
    requests: mock.requests,
    faults: mock.faults,
    remarks: own.flatMap((scenario) =>
      [...(mock.remarks.get(scenario) ?? [])].map((what) => `${scenario.name}: ${what}`),
    ),
    reset: () => mock.reset(),
    async close() {
      abort.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await file?.close();
    },
  };
};

/** Files before what is built in; of two with the same name the later file counts. */
/** Of several with one name the last one is meant. */
const readScenarios = (files: readonly string[]): readonly Scenario[] => {
  const own = files.map((file) => readScenarioFile(file));
  return [...new Map(own.map((scenario) => [scenario.name, scenario])).values()];
};

const withBuiltIn = (own: readonly Scenario[]): readonly Scenario[] => {
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...Object.values(builtInScenarios).filter(({ name }) => !names.has(name))];
};

const asProblem = (error: NodeJS.ErrnoException, host: string, port: number): Problem =>
  new Problem('not-ready', {
    detail:
      error.code === 'EADDRINUSE'
        ? `Port ${port} on ${host} is in use. Choose another with --port (0 takes a free one).`
        : `Port ${port} on ${host} cannot be bound: ${error.message}`,
    cause: error,
  });
