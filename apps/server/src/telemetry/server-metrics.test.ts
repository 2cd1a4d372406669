import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { createServerMetrics, type ServerMetrics } from './server-metrics.ts';

/** Series and their values, as a scraper names them. */
const seriesOf = (metrics: ServerMetrics): Map<string, number> =>
  new Map(
    metrics.families().flatMap(({ name, samples }) =>
      samples.map(({ suffix = '', labels = {}, value }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
        return [[name.replace('agent_harbor_', '') + suffix, ...pairs].join(' '), value] as const;
      }),
    ),
  );

test('a histogram counts in each bucket what is below its bound', () => {
  const histogram = new Histogram([1, 5]);
  for (const value of [0, 1, 1.1, 5, 99]) histogram.observe(value);
  expect(histogram.samples({ a: 'b' })).toEqual([
    { suffix: '_bucket', labels: { a: 'b', le: '1' }, value: 2 },
    { suffix: '_bucket', labels: { a: 'b', le: '5' }, value: 4 },
    { suffix: '_bucket', labels: { a: 'b', le: '+Inf' }, value: 5 },
    { suffix: '_sum', labels: { a: 'b' }, value: 106.1 },
    { suffix: '_count', labels: { a: 'b' }, value: 5 },
  ]);
});

test('facts become numbers', () => {
  let time = 1_000;
  const metrics = createServerMetrics(
    () => time,
    () => time,
  );
  const began = metrics.requestBegan();
  metrics.requestBegan();
  time += 20;
  metrics.requestEnded(began, 'sessions.get', 'GET', 404);
  metrics.streamBegan();
  metrics.streamBegan();
  metrics.readerMoved(undefined, 'store');
  metrics.readerMoved('store', 'ring');
  metrics.readerMoved(undefined, 'store');
  metrics.read('store', 40, 0);
  metrics.read('ring', 2, time - 30);
  metrics.streamEnded('cut', 'store');
  metrics.resynced('pruned');
  metrics.committed(32, 64, 3, 2);
  metrics.appended(64, 7);
  metrics.sessionEnded('failed');
  metrics.pruned(10, 1_000);
  const series = seriesOf(metrics);
  const about = 'route=sessions.get method=GET status=4xx';
  expect(Object.fromEntries(series)).toMatchObject({
    [`http_request_duration_seconds_bucket ${about} le=0.01`]: 0,
    [`http_request_duration_seconds_bucket ${about} le=0.025`]: 1,
    [`http_request_duration_seconds_count ${about}`]: 1,
    http_requests_in_flight: 1,
    subscribers: 1,
    'subscribers_reading from=ring': 1,
    'subscribers_reading from=store': 0,
    'streams_ended_total reason=cut': 1,
    'streams_ended_total reason=rotated': 0,
    'events_read_total from=store': 40,
    'events_read_total from=ring': 2,
    event_delivery_lag_seconds_count: 1,
    event_delivery_lag_seconds_sum: 0.03,
    'resyncs_total reason=pruned': 1,
    'transaction_commits_bucket le=20': 0,
    'transaction_commits_bucket le=50': 1,
    transaction_duration_seconds_sum: 0.003,
    fsync_duration_seconds_sum: 0.002,
    events_appended_total: 64,
    event_commit_lag_seconds_sum: 0.007,
    'sessions_ended_total status=failed': 1,
    events_pruned_total: 10,
    pruned_bytes_total: 1_000,
  });
});

test('whatever strangers send, the number of series is bounded', () => {
  const metrics = createServerMetrics();
  const send = (times: number, route: (index: number) => string) => {
    for (let index = 0; index < times; index++) {
      metrics.requestEnded(metrics.requestBegan(), route(index), `METHOD${index}`, index % 1_000);
    }
  };
  send(5_000, () => '');
  const before = seriesOf(metrics).size;
  send(5_000, () => '');
  expect(seriesOf(metrics).size).toBe(before);
  // Methods and statuses nobody knows are one, whatever they are.
  const labels = metrics
    .families()[0]
    ?.samples.map((sample) => `${sample.labels?.method} ${sample.labels?.status}`);
  expect(new Set(labels).size).toBe(6);
  // Should a path ever be told as a route, it cannot fill the memory.
  send(5_000, (index) => `/api/v1/sessions/${index}`);
  expect(seriesOf(metrics).size).toBeLessThan(6_000);
});

test('every series but those of requests is there from the beginning, with a name that tells its unit', () => {
  const families = createServerMetrics().families();
  for (const { name, type, samples, help } of families) {
    expect(name).toMatch(/^agent_harbor_[a-z_]+$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (!name.includes('http_request_duration')) expect(samples.length, name).toBeGreaterThan(0);
  }
  const names = families.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
