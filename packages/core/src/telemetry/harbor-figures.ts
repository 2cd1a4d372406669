import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '../clock.ts';
import { wholeHost } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { FairQueue } from '../session/queue.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import type { SharedReads } from '../stream/shared-reads.ts';
import { type Family, gauge, gaugeBy } from './family.ts';

/** What can be counted of a Harbor at any time. */
export interface CountedParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly queue: FairQueue;
  readonly hub: Hub;
  readonly shared: SharedReads;
}

const liveStatuses = SessionStatus.options.filter((status) => !isTerminal(status));

/** What there is now. It is counted in memory and by one short look into the store, however long the history. */
export const harborFigures = async ({
  clock,
  store,
  sessions,
  queue,
  hub,
  shared,
}: CountedParts): Promise<readonly Family[]> => {
  const byStatus = new Map<SessionStatus, number>();
  for (const { record } of sessions.live()) {
    byStatus.set(record.status, (byStatus.get(record.status) ?? 0) + 1);
  }
  const waiting = await store.approvals(wholeHost, { state: 'requested' }, { perPage: 1 });
  const webhooks = await store.webhookCounts();
  const lagMs = webhooks.waitingSince === null ? 0 : clock.now() - webhooks.waitingSince;
  const { rings, bytes } = hub.held;
  return [
    gaugeBy(
      'agent_harbor_sessions',
      'Sessions that have not ended, by status.',
      'status',
      liveStatuses,
      (status) => byStatus.get(status),
    ),
    gauge('agent_harbor_sessions_running', 'Sessions that hold one of the places to run.', queue.running),
    gauge('agent_harbor_sessions_limit', 'How many sessions may run at once.', queue.limit),
    gauge('agent_harbor_queue_length', 'Sessions that wait for a place to run.', queue.waiting),
    gauge(
      'agent_harbor_approvals_waiting',
      'Permission requests of agents that nobody has answered yet; 10001 stands for more.',
      waiting.total ?? 10_001,
    ),
    gauge(
      'agent_harbor_webhooks_waiting',
      'Sessions of which something has still to be sent, counted for each webhook.',
      webhooks.waitingSessions,
    ),
    gauge(
      'agent_harbor_webhook_lag_seconds',
      'For how long the session that waits longest at a webhook has waited.',
      Math.max(0, lagMs) / 1000,
    ),
    gauge(
      'agent_harbor_webhook_dead_letters',
      'Webhook messages that were given up and are kept.',
      webhooks.deadLetters,
    ),
    gauge('agent_harbor_rings', 'Rings of newest events that live readers share.', rings),
    gauge('agent_harbor_ring_bytes', 'JSON held in all rings.', bytes),
    {
      name: 'agent_harbor_page_reads_total',
      help: 'Pages of history that streams read from the store; readers at the same place share one.',
      type: 'counter',
      samples: [{ value: shared.pagesRead }],
    },
  ];
};
