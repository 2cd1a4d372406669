import type { Webhook, WebhookDelivery } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import { wholeHost } from '../scope.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { hears, nameOf, typesOf } from './event-name.ts';
import { messageId } from './message.ts';
import type { WebhookLane } from './row.ts';

/**
 * What a lane has to do next: send an event (`delivery` is what is known of it already), note that events are gone, or
 * nothing up to `cursor`.
 */
export type Head =
  | {
      readonly kind: 'event';
      readonly event: StoredEvent;
      readonly delivery: WebhookDelivery | undefined;
      readonly isQueued: boolean;
    }
  | { readonly kind: 'lost'; readonly delivery: WebhookDelivery; readonly isQueued: boolean }
  | { readonly kind: 'done'; readonly cursor: number };

/** So many events are looked at in one go. */
const step = { limit: 8, maxBytes: 256 * 1024 };

/** Finds what a lane has to do next. Memory holds one step of events, however far behind the lane is. */
export const headOf = async (
  store: Store,
  { events: names }: Webhook,
  lane: WebhookLane,
  now: number,
): Promise<Head> => {
  const { webhookId, sessionId } = lane;
  const select = { scope: wholeHost, sessionId, order: 'asc' } as const;
  const queued = lane.hasQueued ? await store.queuedDelivery(webhookId, sessionId) : undefined;
  if (queued !== undefined) {
    const { seq } = queued;
    const [event] = await store.events({ ...select, ...step, after: seq - 1, before: seq + 1 });
    if (event !== undefined) return { kind: 'event', event, delivery: queued, isQueued: true };
    const delivery = { ...queued, state: 'dead', error: `Event ${seq} is not in the log any more.` } as const;
    return { kind: 'lost', delivery, isQueued: true };
  }

  const pruned = (await store.sessionLog(sessionId))?.pruned ?? lane.upTo;
  if (pruned > lane.cursor) {
    const at = timestamp(now);
    const delivery: WebhookDelivery = {
      id: messageId(store.epoch, sessionId, pruned),
      webhookId,
      sessionId,
      seq: pruned,
      event: 'session.*',
      state: 'dead',
      attempts: 0,
      firstAttemptAt: at,
      lastAttemptAt: at,
      error: `Events ${lane.cursor + 1} to ${pruned} left the log before they could be sent.`,
    };
    return { kind: 'lost', delivery, isQueued: false };
  }

  const types = typesOf(names);
  for (let after = lane.cursor; after < lane.upTo; ) {
    const events = await store.events({ ...select, ...step, types, after, before: lane.upTo + 1 });
    const event = events.find((candidate) => hears(names, candidate));
    if (event !== undefined) {
      const delivery = await store.webhookDelivery(webhookId, sessionId, event.seq);
      return { kind: 'event', event, delivery, isQueued: false };
    }
    after = events.at(-1)?.seq ?? lane.upTo;
  }
  return { kind: 'done', cursor: lane.upTo };
};

/** What is written of an attempt at an event. */
export const deliveryOf = (
  epoch: string,
  webhookId: string,
  event: StoredEvent,
  before: WebhookDelivery | undefined,
  now: number,
): Pick<
  WebhookDelivery,
  'id' | 'webhookId' | 'sessionId' | 'seq' | 'event' | 'attempts' | 'firstAttemptAt' | 'lastAttemptAt'
> => ({
  id: messageId(epoch, event.sessionId, event.seq),
  webhookId,
  sessionId: event.sessionId,
  seq: event.seq,
  event: nameOf(event),
  attempts: (before?.attempts ?? 0) + 1,
  firstAttemptAt: before?.firstAttemptAt ?? timestamp(now),
  lastAttemptAt: timestamp(now),
});
