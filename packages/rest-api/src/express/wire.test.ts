import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { wireSuite } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { createExchange } from '../testing/exchange.ts';
import { keyOf, serve, systemClock } from '../testing/serve.ts';
import { createSwaggerUiReader } from './assets.ts';

const settings = {
  edits: { scenario: 'quick-edit', speed: 0 },
  waits: { scenario: 'long-running', speed: 1 },
  fails: { scenario: 'failing', speed: 0 },
} as const;

describeSuite(wireSuite, {
  async open() {
    const harbor = memoryHarbor(systemClock, { maxConcurrentTasks: 1000 });
    const server = await serve({
      harbor,
      openapi: () => JSON.parse(JSON.stringify(createOpenApiDocument({ version: '0.0.0' }))),
      assets: createSwaggerUiReader(),
    });
    return {
      context: {
        base: server.url,
        apiKey: keyOf('admin'),
        agent: (behaviour) => ({ type: 'mock', settings: settings[behaviour] }),
        exchange: createExchange(server.port),
      },
      async close() {
        await server.close();
        await harbor.close();
      },
    };
  },
});
