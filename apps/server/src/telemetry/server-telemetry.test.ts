import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '@agent-harbor/rest-client/node';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../start.ts';
import { createRealHost, type RealHost } from '../testing/real-host.ts';

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes: z.array(z.object({ key: z.string(), value: z.object({}).passthrough() })),
});
type Span = z.infer<typeof Span>;
const Export = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(Span) })) })),
});

/** A collector: takes spans by OTLP over HTTP, as JSON. */
const openCollector = async () => {
  const spans: Span[] = [];
  const texts: string[] = [];
  const paths = new Set<string>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    paths.add(request.url ?? '');
    texts.push(text);
    for (const { scopeSpans } of Export.parse(JSON.parse(text)).resourceSpans) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    spans,
    texts,
    paths,
    endpoint: `http://127.0.0.1:${port}/`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

let host: RealHost;
beforeAll(async () => {
  host = await createRealHost();
});
afterAll(() => host?.remove());

const serve = async (settings: Partial<Parameters<typeof startServer>[0]> = {}): Promise<RunningServer> => {
  const server = await startServer({ port: 0, stateDir: host.stateDir, ...host.programs, ...settings });
  onTestFinished(() => server.close());
  return server;
};

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const [, traceId = '', callersSpan = ''] = parent.split('-');
const secret = 'the secret of a prompt';
const traceparentOf = /00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

/** Runs an agent that prints its place in the trace; gives what it printed. */
const printTraceparent = async (server: RunningServer, headers?: Record<string, string>): Promise<string> => {
  const client = connect({ base: server.url, stateDir: server.stateDir, headers: () => headers });
  onTestFinished(() => client.close());
  const { id } = await client.tasks.launch({
    prompt: secret,
    repo: { mode: 'none' },
    agent: {
      type: 'command',
      settings: { command: ['sh', '-c', 'echo "trace: $TRACEPARENT."'] },
    },
  });
  let printed = '';
  for await (const { event } of client.tasks.subscribe(id)) {
    if (event.type === 'log') printed += JSON.stringify(event);
  }
  return /trace: (.*?)\./.exec(printed)?.[1] ?? printed;
};

test('a trace goes from the client through the server and the executor to the agent', {
  timeout: 60_000,
}, async () => {
  const collector = await openCollector();
  onTestFinished(collector.close);
  const server = await serve({ otlpEndpoint: collector.endpoint });
  const printed = await printTraceparent(server, { traceparent: parent });
  await server.close();

  expect([...collector.paths]).toEqual(['/v1/traces']);
  const inTrace = collector.spans.filter((span) => span.traceId === traceId);
  const named = (name: string) => inTrace.find((span) => span.name === name);
  const request = named('POST /api/v1/tasks');
  const start = named('session.start');
  expect(request).toMatchObject({ parentSpanId: callersSpan, kind: 2 });
  for (const name of ['session.provision', 'session.start', 'session']) {
    expect(named(name), name).toMatchObject({ parentSpanId: request?.spanId, kind: 1 });
  }
  expect(named('recorder.start')).toMatchObject({ parentSpanId: start?.spanId });
  expect(printed).toBe(`00-${traceId}-${named('recorder.start')?.spanId}-01`);
  for (const text of collector.texts) {
    for (const hidden of [secret, host.stateDir, await readFile(server.keyFile, 'utf8')]) {
      expect(text).not.toContain(hidden.trim());
    }
  }
});

test('a trace that is not kept is handed on all the same, and so is one where nobody collects', {
  timeout: 60_000,
}, async () => {
  const collector = await openCollector();
  onTestFinished(collector.close);
  const unsampled = parent.replace(/01$/, '00');
  const server = await serve({ otlpEndpoint: collector.endpoint });
  expect(await printTraceparent(server, { traceparent: unsampled })).toMatch(
    new RegExp(`^00-${traceId}-\\w{16}-00$`),
  );
  expect(await printTraceparent(server)).toMatch(traceparentOf);
  await server.close();
  expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);

  const plain = await serve();
  expect(await printTraceparent(plain, { traceparent: parent })).toBe(parent);
  expect(await printTraceparent(plain, { traceparent: 'nonsense' })).toBe('');
  expect(await printTraceparent(plain)).toBe('');
});

test('a collector that is not there disturbs nothing', { timeout: 60_000 }, async () => {
  const gone = await openCollector();
  await gone.close();
  const server = await serve({ otlpEndpoint: gone.endpoint });
  expect(await printTraceparent(server, { traceparent: parent })).toMatch(traceparentOf);
  const began = performance.now();
  await server.close();
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('everything is counted, by names and labels of closed lists', { timeout: 60_000 }, async () => {
  const server = await serve({ metricsAddress: '127.0.0.1:0' });
  await printTraceparent(server);
  // The client has read the end of its stream before the server has counted it.
  const text = await vi.waitFor(async () => {
    const page = await (await fetch(server.metricsUrl ?? '')).text();
    expect(page.includes('agent_harbor_streams_ended_total{reason="ended"} 1')).toBe(true);
    return page;
  });
  for (const line of [
    'agent_harbor_http_request_duration_seconds_count{route="tasks.create",method="POST",status="2xx"} 1',
    'agent_harbor_sessions_ended_total{status="completed"} 1',
    'agent_harbor_queue_length 0',
    'agent_harbor_disk_failing 0',
    '# TYPE agent_harbor_last_backup_time_seconds gauge',
    'nodejs_version_info{',
    'process_start_time_seconds ',
    'nodejs_gc_duration_seconds',
    'agent_harbor_build_info{version="',
    'agent_harbor_event_loop_delay_seconds{quantile="0.99"} ',
  ]) {
    expect(text.includes(line), line).toBe(true);
  }
  const value = (series: string) => Number(new RegExp(`^${series} (\\S+)$`, 'm').exec(text)?.[1]);
  expect(value('agent_harbor_events_appended_total')).toBeGreaterThan(4);
  expect(value('agent_harbor_fsync_duration_seconds_count')).toBeGreaterThan(1);
  expect(value('agent_harbor_event_commit_lag_seconds_count')).toBeGreaterThan(1);
  expect(value('agent_harbor_database_bytes{file="database"}')).toBeGreaterThan(1000);
  // No id but that of the executor became a label, and no path, however much happens.
  const others = text.replaceAll(/executor="\w+"/g, '');
  expect(others.match(/[0-7][0-9A-HJKMNP-TV-Z]{25}/i)).toBeNull();
  expect(others.includes(host.stateDir)).toBe(false);
  expect(text.match(/^# TYPE (\S+)/gm)?.length).toBe(new Set(text.match(/^# TYPE (\S+)/gm)).size);
  // The API asks for a key, at this address only this page is served.
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  expect((await fetch((server.metricsUrl ?? '').replace('/metrics', '/api/v1/sessions'))).status).toBe(404);
});
