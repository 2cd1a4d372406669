import type { Webhook } from '@agent-harbor/api-contract/schemas';
import { type Clock, timestamp } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Serial } from '../serial.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Change, Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { deliveryOf, headOf } from './head.ts';
import { messageOf } from './message.ts';
import { judge, reasonOf, type Verdict, type WebhookRetry } from './retry.ts';
import { laneKey, type WebhookKey, type WebhookLane } from './row.ts';
import type { WebhookSender } from './sender.ts';

export interface AttemptParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly retry: WebhookRetry;
  readonly metrics: Metrics;
  /** Changes of one lane happen one after another. */
  readonly serial: Serial;
}

/** The secrets that sign now. */
export const secretsOf = (keys: readonly WebhookKey[], now: number): string[] =>
  keys.filter(({ until }) => until === undefined || until > now).map(({ secret }) => secret);

/**
 * Does what a lane has to do next, and writes down what came of it. The request is made first: when the process ends
 * between the two it is made again, with the same id. Undefined when there was nothing to send.
 */
export const attempt = async (
  parts: AttemptParts,
  webhook: Webhook,
  lane: WebhookLane,
  signal: AbortSignal,
): Promise<Verdict['kind'] | undefined> => {
  const { store, sessions, sender, clock, retry, metrics } = parts;
  const head = await headOf(store, webhook, lane, clock.now());
  if (head.kind === 'done') {
    await advance(parts, lane, head.cursor, undefined);
    return undefined;
  }
  if (head.kind === 'lost') {
    const saved = { kind: 'webhook-delivery-saved', delivery: head.delivery } as const;
    await advance(parts, lane, head.isQueued ? lane.cursor : head.delivery.seq, saved);
    metrics.webhookAttempted('dead', 0);
    return undefined;
  }

  const { event, delivery: before, isQueued } = head;
  const { record } = await sessions.get(event.sessionId);
  const message = messageOf(store.epoch, record, event);
  const began = clock.now();
  const answer = await sender.send(
    {
      url: webhook.url,
      id: message.id,
      timestamp: Math.floor(began / 1000),
      body: message.body,
      secrets: secretsOf(await store.webhookKeys(webhook.id), began),
    },
    signal,
  );
  const now = clock.now();
  const common = deliveryOf(store.epoch, webhook.id, event, before, now);
  const verdict = judge(
    answer,
    {
      attempt: common.attempts,
      ageMs: now - Math.max(event.at, lane.since ?? 0),
      chance: parts.ids.random(`webhook ${webhook.id}`),
    },
    retry,
  );
  metrics.webhookAttempted(verdict.kind, now - began);
  const isOver = verdict.kind === 'delivered' || verdict.kind === 'dead';
  const dueAt = verdict.kind === 'retry' ? now + verdict.afterMs : now;
  const saved = {
    kind: 'webhook-delivery-saved',
    delivery: {
      ...common,
      state: isOver ? verdict.kind : isQueued ? 'queued' : 'retrying',
      ...(verdict.kind === 'retry' ? { nextAttemptAt: timestamp(dueAt) } : {}),
      ...(answer.kind === 'answered' ? { status: answer.status } : {}),
      ...errorOf(reasonOf(answer)),
    },
  } as const;
  if (isOver)
    await advance(parts, lane, isQueued ? lane.cursor : event.seq, saved, verdict.kind === 'delivered');
  else await hold(parts, lane, dueAt, saved, verdict.kind === 'gone' ? webhook : undefined);
  return verdict.kind;
};

const errorOf = (error: string | undefined) => (error === undefined ? {} : { error });

/** The lane goes on behind `cursor`, unless somebody set its place meanwhile. */
const advance = (
  { store, serial, clock }: AttemptParts,
  { webhookId, sessionId, cursor: from }: WebhookLane,
  cursor: number,
  saved: Change | undefined,
  isProgress = false,
): Promise<void> =>
  serial.run(laneKey(webhookId, sessionId), async () => {
    const lane = await store.webhookLane(webhookId, sessionId);
    if (lane === undefined) return;
    const changes = saved === undefined ? [] : [saved];
    const moved = { ...lane, cursor: lane.cursor === from ? cursor : lane.cursor };
    // What is queued is looked for when there should be some; the last one of them is gone with this commit.
    const queued = lane.hasQueued ? await nextQueued(store, lane, saved) : false;
    const isBehind = queued || moved.cursor < moved.upTo;
    const now = clock.now();
    const next: WebhookLane = {
      ...moved,
      hasQueued: queued,
      dueAt: isBehind ? now : null,
      since: isBehind ? (isProgress ? now : (lane.since ?? now)) : null,
    };
    await store.commit([...changes, { kind: 'webhook-lane-saved', lane: next }], { isUrgent: true });
  });

/** Whether another delivery than the one that is saved now is queued. */
const nextQueued = async (
  store: Store,
  { webhookId, sessionId }: WebhookLane,
  saved: Change | undefined,
): Promise<boolean> => {
  const queued = await store.webhookDeliveries(webhookId, { sessionId, state: 'queued' }, { perPage: 2 });
  const done = saved?.kind === 'webhook-delivery-saved' ? saved.delivery : undefined;
  return queued.items.some(({ seq }) => seq !== done?.seq);
};

/** The lane waits. A receiver that is gone ends its webhook. */
const hold = (
  { store, serial, clock }: AttemptParts,
  { webhookId, sessionId }: WebhookLane,
  dueAt: number,
  saved: Change,
  gone: Webhook | undefined,
): Promise<void> =>
  serial.run(laneKey(webhookId, sessionId), async () => {
    const lane = await store.webhookLane(webhookId, sessionId);
    const changes: Change[] = [saved];
    if (lane !== undefined) changes.push({ kind: 'webhook-lane-saved', lane: { ...lane, dueAt } });
    if (gone !== undefined) {
      await serial.run(`webhook ${webhookId}`, async () => {
        const webhook = await store.webhook({ tenantId: null }, webhookId);
        if (webhook !== undefined)
          changes.push({
            kind: 'webhook-saved',
            webhook: {
              ...webhook,
              state: 'disabled',
              reason: 'The receiver answered 410: it is gone.',
              updatedAt: timestamp(clock.now()),
            },
          });
        await store.commit(changes, { isUrgent: true });
      });
      return;
    }
    await store.commit(changes, { isUrgent: true });
  });
