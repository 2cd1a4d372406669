import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import {
  CheckFailed,
  quickMockAgent,
  runCheck,
  type WireContext,
  wireSuite,
} from '@agent-harbor/conformance';
import { type Mutant, mutate, wireMutants } from '@agent-harbor/conformance/mutants';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { describe, expect, test } from 'vitest';
import { memoryExchange } from '../testing/memory-exchange.ts';
import { createTestApi, keyOf, systemClock } from '../testing/serve.ts';
import { createSwaggerUiReader } from './assets.ts';
import { createHttpServer } from './listen.ts';

const document = JSON.parse(JSON.stringify(createOpenApiDocument({ version: '0.0.0' })));
let servers = 0;

/** A right server in memory, made wrong. */
const openWrong = async (mutant: Mutant) => {
  const harbor = memoryHarbor(systemClock, { maxConcurrentTasks: 1000 });
  const { api } = await createTestApi({
    harbor,
    openapi: () => document,
    assets: createSwaggerUiReader(),
    log: undefined,
  });
  servers += 1;
  const context: WireContext = {
    // Checks remember servers by their address; nobody listens there.
    base: `http://127.0.0.1:${servers}`,
    apiKey: keyOf('admin'),
    agent: quickMockAgent,
    repo: 'https://example.test/checks.git',
    exchange: mutate(memoryExchange(createHttpServer(api)), mutant),
  };
  return {
    context,
    async close() {
      await api.stop();
      await harbor.close();
    },
  };
};

test('every check has a wrong server, and every wrong server a check', () => {
  expect(Object.keys(wireMutants).sort()).toEqual(wireSuite.checks.map(({ name }) => name).sort());
});

describe.each(wireSuite.checks.map((check) => [check.name, check] as const))('%s', (name, check) => {
  test.concurrent.each((wireMutants[name] ?? []).map((mutant) => [mutant.does, mutant] as const))(
    'notices a server that %s',
    async (_does, mutant) => {
      const failure = await runCheck(check, () => openWrong(mutant)).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(CheckFailed);
    },
  );
});
