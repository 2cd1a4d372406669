import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { quickMockAgent, skipReasons, wireSuite } from '@agent-harbor/conformance';
import { createExchange } from '@agent-harbor/conformance/node';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { createSwaggerUiReader } from '../express/assets.ts';
import { createTestApi, keyOf, systemClock } from '../testing/serve.ts';
import { serveHandlers } from '../testing/serve-handlers.ts';
import { createHandlers } from './handlers.ts';

// What a page asks for has no Host, no Origin and no bytes of its own: its browser has seen to them. The socket of this
// test is not what is checked.
const beforeTheHandlers = [
  'the server answers for its own names only',
  'a page of another origin changes nothing',
  'headers have a limit',
  'nobody tunnels through the server',
  'says what to do: a method nobody has',
  ...wireSuite.checks.flatMap(({ name }) => (name.startsWith('refused: ') ? [name] : [])),
];
const apart = skipReasons(wireSuite, [{ reason: 'before the handlers', checks: beforeTheHandlers }]);

const suite = { ...wireSuite, checks: wireSuite.checks.filter(({ name }) => !apart.has(name)) };

describeSuite(suite, {
  async open() {
    const harbor = memoryHarbor(systemClock, { maxConcurrentTasks: 1000 });
    const { api } = await createTestApi({
      harbor,
      openapi: () => JSON.parse(JSON.stringify(createOpenApiDocument({ version: '0.0.0' }))),
      assets: createSwaggerUiReader(),
    });
    const server = await serveHandlers(createHandlers(api, { base: 'http://harbor.test' }));
    return {
      context: {
        base: server.url,
        apiKey: keyOf('admin'),
        agent: quickMockAgent,
        exchange: createExchange(server.url),
      },
      async close() {
        await api.stop();
        await server.close();
        await harbor.close();
      },
    };
  },
});
