import { ask, type RequestBytes } from '../load/requests.ts';
import type { Peer } from './peer.ts';

/** `sandbox-agent server` with its mock agent, which echoes: two events for each message. */
export const sandboxAgent = (program: string, home: string): Peer => ({
  name: 'sandbox-agent server',
  argv: (port) => [
    program,
    'server',
    '--no-token',
    '--no-telemetry',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ],
  env: { HOME: home, XDG_DATA_HOME: `${home}/data`, SANDBOX_AGENT_BIN: program },
  health: '/v1/health',
  async prepare(port) {
    await ask(port, { method: 'POST', path: '/v1/agents/mock/install', body: '{}' });
    const message = (id: number, method: string, params: object): string =>
      JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const capabilities = { protocolVersion: 1, clientCapabilities: {} };
    for (let server = 0; server < 20; server++) {
      const path = `/v1/acp/server-${server}?agent=mock`;
      await ask(port, { method: 'POST', path, body: message(1, 'initialize', capabilities) });
    }
    const stream: RequestBytes = {
      method: 'GET',
      path: '/v1/acp/server-0',
      headers: { Accept: 'text/event-stream' },
    };
    return {
      list: { method: 'GET', path: '/v1/acp' },
      stream,
      event: {
        method: 'POST',
        path: '/v1/acp/server-0',
        body: message(2, 'mock/echo', { text: 'x'.repeat(165) }),
      },
      resume: { stream: { ...stream, headers: { ...stream.headers, 'Last-Event-ID': '0' } }, eventsEach: 2 },
    };
  },
  note: 'It keeps everything in memory, and of the events of a server the last 1,024. Its list is of 20 servers. Each message makes two events.',
});
