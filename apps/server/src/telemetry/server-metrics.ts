import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import {
  type Family,
  gauge,
  isTerminal,
  type Metrics,
  type ReadFrom,
  type StreamEnd,
  type Verdict,
} from '@agent-harbor/core';
import { Counters } from './counters.ts';
import { Histogram } from './histogram.ts';
import { RouteLatency } from './route-latency.ts';

const streamEnds = [
  'ended',
  'rotated',
  'stopped',
  'left',
  'cut',
  'failed',
] as const satisfies readonly StreamEnd[];
const places = ['ring', 'store'] as const satisfies readonly ReadFrom[];
const resyncs = ['damaged', 'foreign-epoch', 'future', 'pruned'] as const satisfies readonly Parameters<
  Metrics['resynced']
>[0][];

const attempts = ['delivered', 'retry', 'dead', 'gone'] as const satisfies readonly Verdict['kind'][];

/** From a fraction of a tick to a backlog of minutes. */
const lags = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** From a disk with a cache to one that is stuck. */
const writes = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
/** From a receiver next door to one that does not answer. */
const answers = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What this process has counted since it started. */
export interface ServerMetrics extends Metrics {
  families(): readonly Family[];
}

/** `now` is the time of events, milliseconds since the epoch; `monotonic` measures, in milliseconds. */
export const createServerMetrics = (
  now: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): ServerMetrics => {
  const latency = new RouteLatency();
  const ends = new Counters(streamEnds);
  const readers = new Counters(places);
  const reads = new Counters(places);
  const resynced = new Counters(resyncs);
  const webhooks = new Counters(attempts);
  const webhookTimes = new Histogram(answers);
  const sessions = new Counters<SessionStatus>(SessionStatus.options.filter(isTerminal));
  const deliveryLag = new Histogram(lags);
  const commitLag = new Histogram(lags);
  const groups = new Histogram(sizes);
  const transactions = new Histogram(writes);
  const fsyncs = new Histogram(writes);
  let inFlight = 0;
  let subscribers = 0;
  let appended = 0;
  let pruned = 0;
  let prunedBytes = 0;
  return {
    requestBegan() {
      inFlight += 1;
      return monotonic();
    },
    requestEnded(began, route, method, status) {
      inFlight -= 1;
      latency.observe(route, method, status, (monotonic() - began) / 1000);
    },
    streamBegan() {
      subscribers += 1;
    },
    streamEnded(how, from) {
      subscribers -= 1;
      ends.add(how);
      if (from !== undefined) readers.add(from, -1);
    },
    readerMoved(before, place) {
      if (before !== undefined) readers.add(before, -1);
      readers.add(place);
    },
    read(from, events, newestAt) {
      reads.add(from, events);
      // What is read from the store is history: its age says nothing.
      if (from === 'ring') deliveryLag.observe(Math.max(0, now() - newestAt) / 1000);
    },
    resynced: (reason) => resynced.add(reason),
    committed(commits, _events, transactionMs, fsyncMs) {
      groups.observe(commits);
      transactions.observe(transactionMs / 1000);
      fsyncs.observe(fsyncMs / 1000);
    },
    appended(events, lagMs) {
      appended += events;
      commitLag.observe(Math.max(0, lagMs) / 1000);
    },
    sessionEnded: (status) => sessions.add(status),
    pruned(events, bytes) {
      pruned += events;
      prunedBytes += bytes;
    },
    webhookAttempted(outcome, tookMs) {
      webhooks.add(outcome);
      webhookTimes.observe(tookMs / 1000);
    },
    families: () => [
      latency.family(),
      gauge('agent_harbor_http_requests_in_flight', 'Requests that are being answered.', inFlight),
      gauge('agent_harbor_subscribers', 'Streams that are open.', subscribers),
      readers.family(
        'agent_harbor_subscribers_reading',
        'Streams by where they read last: the ring of newest events, or the store.',
        'from',
        'gauge',
      ),
      ends.family('agent_harbor_streams_ended_total', 'Streams that are over, by why.', 'reason'),
      reads.family('agent_harbor_events_read_total', 'Events given to streams, by where from.', 'from'),
      resynced.family(
        'agent_harbor_resyncs_total',
        'Streams that were told that history before their place is gone, by why.',
        'reason',
      ),
      histogram(
        'agent_harbor_event_delivery_lag_seconds',
        'From an event to its live subscribers.',
        deliveryLag,
      ),
      histogram('agent_harbor_event_commit_lag_seconds', 'From an event to the log.', commitLag),
      counter('agent_harbor_events_appended_total', 'Events taken into the log.', appended),
      histogram('agent_harbor_transaction_commits', 'Commits that shared a transaction.', groups),
      histogram('agent_harbor_transaction_duration_seconds', 'How long transactions took.', transactions),
      histogram(
        'agent_harbor_fsync_duration_seconds',
        'How long the COMMIT of transactions took, which waits for the disk.',
        fsyncs,
      ),
      sessions.family('agent_harbor_sessions_ended_total', 'Sessions that ended, by how.', 'status'),
      webhooks.family(
        'agent_harbor_webhook_attempts_total',
        'Attempts to send webhook messages, by what became of the message.',
        'outcome',
      ),
      histogram(
        'agent_harbor_webhook_attempt_duration_seconds',
        'How long receivers of webhooks took to answer, or until they were given up.',
        webhookTimes,
      ),
      counter('agent_harbor_events_pruned_total', 'Events that retention dropped.', pruned),
      counter('agent_harbor_pruned_bytes_total', 'JSON of the events that retention dropped.', prunedBytes),
    ],
  };
};

const counter = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'counter',
  samples: [{ value }],
});

const histogram = (name: string, help: string, values: Histogram): Family => ({
  name,
  help,
  type: 'histogram',
  samples: values.samples(),
});
