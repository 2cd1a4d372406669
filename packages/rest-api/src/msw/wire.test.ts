import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { type Exchange, quickMockAgent, wireSuite } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { memoryHarbor } from '@agent-harbor/mock-client';
import { getResponse } from 'msw';
import { createTestApi, keyOf, systemClock } from '../testing/serve.ts';
import { createHandlers } from './handlers.ts';

/** What a page cannot send, or what a server's socket, name or files are needed for. */
const beyondPages = [
  {
    reason: 'the Fetch standard sends one well-formed request, to a normalised address',
    checks: wireSuite.checks
      .map(({ name }) => name)
      .filter((name) => name.startsWith('refused: ') && name !== 'refused: bytes that are no text'),
  },
  {
    reason: 'the Fetch standard has no such method',
    checks: ['nobody tunnels through the server', 'says what to do: a method nobody has'],
  },
  { reason: 'inside a page no bytes of a head are counted', checks: ['headers have a limit'] },
  {
    reason: 'inside a page there is no other site and no other name',
    checks: ['the server answers for its own names only', 'a page of another origin changes nothing'],
  },
  {
    reason: 'the files of the documentation page lie beside a server',
    checks: ['the documentation loads nothing from elsewhere'],
  },
];

/** Checks remember servers by their address. */
let pages = 0;

/** The `exchange` of the wire suite, by what a page can say: a request of the Fetch standard, and its response. */
const exchangeBy =
  (handlers: ReturnType<typeof createHandlers>, base: string): Exchange =>
  async (bytes, isEnough) => {
    const leaving = new AbortController();
    const response = await getResponse(handlers, requestOf(base, bytes, leaving.signal));
    if (response === undefined) throw new Error('no handler answers');
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    let received = `HTTP/1.1 ${response.status} \r\n${head}`;
    if (response.body === null) return `${received}\r\n`;
    received += 'transfer-encoding: chunked\r\n\r\n';
    for await (const chunk of response.body) {
      const text = Buffer.from(chunk).toString('latin1');
      received += `${text.length.toString(16)}\r\n${text}\r\n`;
      if (isEnough?.(received)) {
        leaving.abort();
        return received;
      }
    }
    return `${received}0\r\n\r\n`;
  };

const requestOf = (base: string, bytes: string, signal: AbortSignal): Request => {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.slice(0, Math.max(0, end)).split('\r\n');
  const [method, target, version] = first.split(' ');
  if (version !== 'HTTP/1.1') throw new Error('no page can send this');
  const headers = lines.map((line): [string, string] => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const body = Buffer.from(bytes.slice(end + 4), 'latin1');
  return new Request(base + target, { method, headers, signal, ...(body.length === 0 ? {} : { body }) });
};

describeSuite(wireSuite, {
  async open() {
    pages += 1;
    const base = `http://harbor-${pages}.test`;
    const harbor = memoryHarbor(systemClock, { maxConcurrentTasks: 1000 });
    const { api } = await createTestApi({
      harbor,
      openapi: () => JSON.parse(JSON.stringify(createOpenApiDocument({ version: '0.0.0' }))),
    });
    return {
      context: {
        base,
        apiKey: keyOf('admin'),
        agent: quickMockAgent,
        repo: 'https://example.test/checks.git',
        exchange: exchangeBy(createHandlers(api, { base }), base),
      },
      async close() {
        await api.stop();
        await harbor.close();
      },
    };
  },
  skip: beyondPages,
});
