import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { connect } from '@agent-harbor/rest-client/node';
import { startServer } from '@agent-harbor/server/start';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../run.ts';
import { renderLine } from '../terminal/text.ts';
import { createFakeIo } from '../testing/fake-io.ts';
import { describe } from './describe.ts';
import { Metrics, readExposition } from './exposition.ts';
import { summarize } from './summary.ts';

const ah = async (argv: readonly string[], env: Record<string, string>) => {
  const io = createFakeIo({ env });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

const openStateDir = async (): Promise<string> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-status-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  return stateDir;
};

const page = `# HELP a_total A
# TYPE a_total counter
a_total{kind="x",path="C:\\\\a\\"b\\nc"} 3
a_total{kind="y",path=""} 4 1700000000000
b +Inf
not a line
lag_seconds_bucket{le="0.1"} 50
lag_seconds_bucket{le="1"} 100
lag_seconds_bucket{le="+Inf"} 101
lag_seconds_sum 20.2
lag_seconds_count 101
none_bucket{le="+Inf"} 0
none_sum 0
none_count 0
`;

test('a page is read as it was written', () => {
  expect(readExposition(page).slice(0, 3)).toEqual([
    { name: 'a_total', labels: { kind: 'x', path: 'C:\\a"b\nc' }, value: 3 },
    { name: 'a_total', labels: { kind: 'y', path: '' }, value: 4 },
    { name: 'b', labels: {}, value: Number.POSITIVE_INFINITY },
  ]);
});

test('series are added up, told apart and taken for a distribution', () => {
  const metrics = new Metrics(page);
  expect(metrics.value('a_total')).toBe(7);
  expect(metrics.value('a_total', { kind: 'y' })).toBe(4);
  expect(metrics.value('missing')).toBeUndefined();
  expect(metrics.by('a_total', 'kind')).toEqual({ x: 3, y: 4 });
  expect(metrics.mean('lag_seconds')).toBeCloseTo(0.2);
  expect(metrics.quantile('lag_seconds', 0.25)).toBeCloseTo(0.0505);
  expect(metrics.quantile('lag_seconds', 0.75)).toBeCloseTo(0.1 + 0.9 * (25.75 / 50));
  // What lies beyond the last bound is not known.
  expect(metrics.quantile('lag_seconds', 1)).toBe(1);
  expect(metrics.mean('none')).toBeUndefined();
  expect(metrics.quantile('none', 0.99)).toBeUndefined();
});

const textOf = (summary: ReturnType<typeof summarize>, now: number): string =>
  describe(summary, now)
    .map((line) => renderLine(line, false))
    .join('\n');

test('what is bad stands out, and what is not known is left out', () => {
  const now = Date.parse('2026-01-02T12:00:00Z');
  const summary = summarize(
    new Metrics(`agent_harbor_start_time_seconds ${now / 1000 - 100_000}
agent_harbor_disk_free_bytes 5368709120
agent_harbor_disk_full 1
agent_harbor_disk_failing 1
agent_harbor_last_backup_time_seconds ${now / 1000 - 7_260}
agent_harbor_event_loop_delay_seconds{quantile="0.99"} 0.0042
agent_harbor_event_loop_delay_seconds{quantile="1"} 1.5
agent_harbor_journal_backlog_bytes{executor="one"} 100
agent_harbor_journal_backlog_bytes{executor="two"} 924
`),
    now / 1000,
  );
  expect(textOf(summary, now)).toBe(
    [
      '  running for  1 d 3 h',
      '  event loop   99 % within 4.2 ms, longest 1.5 s',
      '  recorders    1.0 KiB not in the store yet',
      '  disk         5.0 GiB free, full, refuses writes',
      '  last backup  2026-01-02T09:59:00.000Z (2 h 1 min ago)',
    ].join('\n'),
  );
  expect(textOf(summarize(new Metrics(''), 0), 0)).toBe('  last backup  none known');
});

test('the server is shown to people, and to programs as JSON', { timeout: 30_000 }, async () => {
  const stateDir = await openStateDir();
  const server = await startServer({ port: 0, stateDir, recorderCommand: ['r'], mockAgentCommand: ['m'] });
  onTestFinished(() => server.close());
  // Neither an address nor a key: both are found by the state directory.
  const env = { AH_HOME: stateDir };
  const client = connect({ base: server.url, stateDir });
  onTestFinished(() => client.close());
  await client.api.drafts.create({});
  const people = await ah(['status'], env);
  expect(people.err).toBe('');
  expect(people.code).toBe(0);
  expect(people.out).toContain(`at ${server.url}`);
  for (const name of [
    'running for',
    'places',
    'subscribers',
    'event loop',
    'database',
    'disk',
    'last backup',
  ]) {
    expect(people.out).toContain(`  ${name}`);
  }
  const programs = JSON.parse((await ah(['status', '--json'], env)).out);
  expect(programs).toMatchObject({
    base: server.url,
    status: 'ready',
    places: { taken: 0, limit: 4, waiting: 0 },
    sessions: { running: 0, completed: 0 },
    subscribers: { open: 0 },
    journalBacklogBytes: 0,
    disk: { isFull: false, isFailing: false },
  });
  // Each number comes from a metric that is there: one that was renamed would be absent.
  const { lastBackupAt: _, ...summary } = summarize(new Metrics(''), 0);
  const names = (value: object): string[] =>
    Object.entries(value).flatMap(([name, part]) =>
      typeof part === 'object' && part !== null ? names(part).map((rest) => `${name}.${rest}`) : [name],
    );
  const silent = ['events.commitLagSeconds', 'events.deliveryLagSeconds'];
  expect(names(programs)).toEqual(
    expect.arrayContaining(names(summary).filter((name) => !silent.includes(name))),
  );
});

test('the mock is shown as far as it counts', { timeout: 30_000 }, async () => {
  const stateDir = await openStateDir();
  const server = await startMockServer({ port: 0, stateDir, data: 'demo', freezeAt: '2026-01-02T03:04:05Z' });
  onTestFinished(() => server.close());
  const { code, out } = await ah(['status'], { AH_REST_BASE: server.url, AH_HOME: stateDir });
  expect(code).toBe(0);
  expect(out).toMatch(/sessions +.*\d+ running/);
  expect(out).toMatch(/approvals +\d+ waiting/);
  expect(out).not.toContain('database');
});

test('who may not, and what is no server, is told as everywhere', { timeout: 30_000 }, async () => {
  const stateDir = await openStateDir();
  const server = await startMockServer({ port: 0, stateDir });
  onTestFinished(() => server.close());
  const stranger = await ah(['status'], {
    AH_REST_BASE: server.url,
    AH_HOME: stateDir,
    AH_API_KEY: 'x'.repeat(20),
  });
  expect(stranger.code).toBe(4);
  expect(stranger.err).not.toContain('xxxx');

  const other = createServer((request, response) => {
    const bodies: Record<string, string> = {
      '/version': '{"name":"other","version":"1","apiVersion":"v1"}',
      '/readyz': '{"status":"ready","reasons":[]}',
    };
    response.setHeader('content-type', 'application/json');
    response.end(bodies[request.url ?? ''] ?? '{}');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const odd = await ah(['status'], { AH_REST_BASE: base, AH_HOME: stateDir });
  expect(odd.code).not.toBe(0);
  expect(odd.err).toContain(`${base}/metrics was answered by something else: 200`);
});
