import { timestamp } from '../clock.ts';
import type { SessionRecord } from '../session/record.ts';
import type { StoredEvent } from '../store/store.ts';
import { nameOf } from './event-name.ts';

/** A message as it is sent at every attempt. */
export interface WebhookMessage {
  readonly id: string;
  readonly event: string;
  readonly body: string;
}

/**
 * The `webhook-id` of an event: made of its place in the log, so that it is the same after a restart, at a replay and for
 * every webhook; another history, as after a restored backup, has other ones.
 */
export const messageId = (epoch: string, sessionId: string, seq: number): string =>
  `msg_${epoch}_${sessionId}_${seq}`;

/** What an event is told as: `type`, `timestamp` and `data`, as the Standard Webhooks convention has it. */
export const messageOf = (
  epoch: string,
  { id, taskId, tenantId, projectId }: SessionRecord,
  stored: StoredEvent,
): WebhookMessage => {
  const event = nameOf(stored);
  const place = JSON.stringify({ sessionId: id, taskId, tenantId, projectId, seq: stored.seq });
  return {
    id: messageId(epoch, id, stored.seq),
    event,
    // The event is in the log as JSON: it goes on as that text.
    body: `{"type":"${event}","timestamp":"${timestamp(stored.at)}","data":${place.slice(0, -1)},"event":${stored.json}}}`,
  };
};
