import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { quickMockAgent, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { keyOf, serve, systemClock } from '../testing/serve.ts';
import { createSwaggerUiReader } from './assets.ts';

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
        agent: quickMockAgent,
        repo: 'https://example.test/checks.git',
        exchange: createExchange(server.url),
      },
      async close() {
        await server.close();
        await harbor.close();
      },
    };
  },
});
