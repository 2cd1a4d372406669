import {
  type ReplayedWebhook,
  ReplayWebhook,
  type WebhookDelivery,
} from '@agent-harbor/api-contract/schemas';
import type { Clock } from '../clock.ts';
import { parse } from '../parse.ts';
import { fieldProblem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Serial } from '../serial.ts';
import { noSession } from '../session/sessions.ts';
import type { Change, Store } from '../store/store.ts';
import { laneKey, type WebhookLane } from './row.ts';

export interface ReplayParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly serial: Serial;
}

const pageSize = 200;

/** Has messages sent once more. What it did before it failed stays: asked for again it does the rest. */
export const replay = async (
  parts: ReplayParts,
  scope: Scope,
  webhookId: string,
  wish: ReplayWebhook,
  signal: AbortSignal | undefined,
): Promise<ReplayedWebhook> => {
  const { store } = parts;
  const asked = parse(ReplayWebhook, wish);
  if ('ids' in asked) {
    const deliveries = [];
    for (const [index, id] of asked.ids.entries())
      deliveries.push(await byId(store, webhookId, id, `ids.${index}`));
    return { messages: await queue(parts, deliveries), sessions: 0 };
  }
  if ('deadLetters' in asked) {
    let messages = 0;
    for (;;) {
      throwIfAborted(signal);
      const dead = await store.webhookDeliveries(webhookId, { state: 'dead' }, { perPage: pageSize });
      if (dead.items.length === 0) return { messages, sessions: 0 };
      messages += await queue(parts, dead.items);
    }
  }
  if ('sessionId' in asked) {
    const { sessionId, after = 0 } = asked;
    const session = await store.session(scope, sessionId);
    if (session === undefined) throw noSession(sessionId);
    const webhook = await store.webhook(scope, webhookId);
    if (webhook?.taskId !== undefined && webhook.taskId !== session.record.taskId) {
      throw fieldProblem(
        'sessionId',
        `is not a session of task ${webhook.taskId}, of which this webhook hears`,
      );
    }
    await setBack(parts, webhookId, sessionId, after, session.lastSeq);
    return { messages: 0, sessions: 1 };
  }
  return { messages: 0, sessions: await since(parts, scope, webhookId, Date.parse(asked.since), signal) };
};

/** Sets back every session the webhook hears of to before its first event since a time. */
const since = async (
  parts: ReplayParts,
  scope: Scope,
  webhookId: string,
  time: number,
  signal: AbortSignal | undefined,
): Promise<number> => {
  const { store } = parts;
  const webhook = await store.webhook(scope, webhookId);
  const owner: Scope = { tenantId: webhook?.tenantId ?? null };
  let sessions = 0;
  for (let cursor: string | undefined; ; ) {
    throwIfAborted(signal);
    const filter = { archived: 'true', taskId: webhook?.taskId } as const;
    const page = await store.sessions(owner, filter, '-updatedAt', { perPage: pageSize, cursor });
    for (const { record, lastSeq } of page.items) {
      if (Date.parse(record.updatedAt) < time) return sessions;
      const [first] = await store.events({
        scope: owner,
        sessionId: record.id,
        since: time,
        order: 'asc',
        limit: 1,
        maxBytes: 0,
      });
      if (first === undefined) continue;
      await setBack(parts, webhookId, record.id, first.seq - 1, lastSeq);
      sessions += 1;
    }
    if (page.nextCursor === null) return sessions;
    cursor = page.nextCursor;
  }
};

const setBack = (
  { store, clock, serial }: ReplayParts,
  webhookId: string,
  sessionId: string,
  after: number,
  lastSeq: number,
): Promise<void> =>
  serial.run(laneKey(webhookId, sessionId), async () => {
    const known = await store.webhookLane(webhookId, sessionId);
    const lane = known ?? emptyLane(webhookId, sessionId, after);
    const now = clock.now();
    const back: WebhookLane = {
      ...lane,
      cursor: Math.min(after, lane.cursor),
      upTo: Math.max(lane.upTo, lastSeq),
      dueAt: now,
      since: now,
    };
    await store.commit([{ kind: 'webhook-lane-saved', lane: back }]);
  });

const emptyLane = (webhookId: string, sessionId: string, cursor: number): WebhookLane => ({
  webhookId,
  sessionId,
  cursor,
  upTo: 0,
  dueAt: null,
  since: null,
  hasQueued: false,
});

/** The delivery with this `webhook-id`; its number is the last part of it. */
const byId = async (store: Store, webhookId: string, id: string, field: string): Promise<WebhookDelivery> => {
  const [, sessionId = '', seq = ''] = /_([^_]+)_(\d{1,15})$/.exec(id) ?? [];
  const delivery = await store.webhookDelivery(webhookId, sessionId, Number(seq));
  if (delivery?.id !== id) {
    throw fieldProblem(
      field,
      'is no message of this webhook that is still known; GET …/deliveries lists them',
    );
  }
  return delivery;
};

/** Queues deliveries, those of a session together with its lane. */
const queue = async (
  { store, clock, serial }: ReplayParts,
  deliveries: readonly WebhookDelivery[],
): Promise<number> => {
  const lanes = new Map<string, WebhookDelivery[]>();
  for (const delivery of deliveries) {
    const key = laneKey(delivery.webhookId, delivery.sessionId);
    lanes.set(key, [...(lanes.get(key) ?? []), delivery]);
  }
  for (const [key, ofLane] of lanes) {
    const [first] = ofLane;
    if (first === undefined) continue;
    const { webhookId, sessionId } = first;
    await serial.run(key, async () => {
      const now = clock.now();
      const known = await store.webhookLane(webhookId, sessionId);
      const lane = known ?? emptyLane(webhookId, sessionId, first.seq);
      await store.commit([
        ...ofLane.map(
          ({ nextAttemptAt: _, ...delivery }): Change => ({
            kind: 'webhook-delivery-saved',
            delivery: { ...delivery, state: 'queued', attempts: 0 },
          }),
        ),
        { kind: 'webhook-lane-saved', lane: { ...lane, hasQueued: true, dueAt: now, since: now } },
      ]);
    });
  }
  return deliveries.length;
};
