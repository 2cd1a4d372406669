import type { EventBody, SessionEvent, UnknownEvent } from '@agent-harbor/api-contract/schemas';
import { EventBody as AnyBody } from '@agent-harbor/api-contract/schemas';

/** What a scenario has to say again: something that was said or done, at its time. */
export interface Reading {
  /** Milliseconds since the session began to run, without the time it was paused. */
  readonly atMs: number;
  readonly body: EventBody;
}

/** The events of a session as readings, and what of them nobody can say again. */
export interface Readings {
  readonly items: readonly Reading[];
  readonly remarks: readonly string[];
}

/**
 * What the agent and its users said and did, in order. What the server states itself is left out; of statuses only those
 * remain that say whether the agent is idle. Times are mended so that what a user said is never at the same time as
 * anything else: it has its place between the others, whatever plays beside it.
 */
export const readingsOf = (events: readonly (SessionEvent | UnknownEvent)[]): Readings => {
  const items: Reading[] = [];
  const unknown = new Map<string, number>();
  let startedAt: number | undefined;
  let pausedAt: number | undefined;
  let pausedMs = 0;
  let lastMs = 0;
  let wasUser = false;
  let wasIdle = false;
  let isChecked = false;

  for (const { seq: _seq, ts, sessionId: _sessionId, ...rest } of events) {
    const parsed = AnyBody.safeParse(rest);
    if (!parsed.success) {
      unknown.set(rest.type, (unknown.get(rest.type) ?? 0) + 1);
      continue;
    }
    const body = parsed.data;
    const at = Date.parse(ts);
    if (body.type === 'delivery') continue;
    // Behind this nobody but the checks of the task speaks.
    if (body.type === 'status' && body.reason === 'checking') isChecked = true;
    if (isChecked) continue;
    if (body.type === 'status') {
      const isIdle = body.status === 'running' && body.reason === 'idle';
      const goesOn = body.status === 'running' && wasIdle;
      if (body.status === 'running') startedAt ??= at;
      if (body.status === 'paused') pausedAt ??= at;
      if (body.status === 'running' && pausedAt !== undefined) {
        pausedMs += at - pausedAt;
        pausedAt = undefined;
      }
      if (isIdle === wasIdle || !(isIdle || goesOn)) continue;
      wasIdle = isIdle;
    }
    startedAt ??= at;
    const isUser = body.type === 'user_input';
    const realMs = (pausedAt ?? at) - startedAt - pausedMs;
    lastMs = Math.max(realMs, lastMs + (isUser || wasUser ? 1 : 0));
    wasUser = isUser;
    items.push({ atMs: lastMs, body });
  }
  const remarks = [...unknown].map(
    ([type, count]) => `${count} events of the type ${type}, which is not known here`,
  );
  if (lastMs <= longestMs) return { items, remarks };
  return {
    items: shortened(items, lastMs),
    remarks: [...remarks, 'its length: a scenario lasts a day at most'],
  };
};

/** No time of the format is later: a day. */
const longestMs = 86_400_000;

/** The readings within a day, in the same order. */
const shortened = (items: readonly Reading[], lastMs: number): readonly Reading[] => {
  const factor = Math.max(0, longestMs - 2 * items.length) / lastMs;
  let atMs = 0;
  let wasUser = false;
  return items.map((item) => {
    const isUser = item.body.type === 'user_input';
    atMs = Math.max(Math.floor(item.atMs * factor), atMs + (isUser || wasUser ? 1 : 0));
    wasUser = isUser;
    return { ...item, atMs };
  });
};
