import { hasStatus } from './answer.ts';
import type { WireBench } from './bench.ts';
import { type Message, readEvents } from './events.ts';
import type { WireRequest } from './request.ts';

/** The path of a session's events. */
export const streamOf = (id: string): string => `/api/v1/sessions/${id}/events`;

/** The messages of a stream, until it ends or there are enough. */
export const readStream = async (
  bench: WireBench,
  path: string,
  headers: WireRequest['headers'] = {},
  enough = Number.POSITIVE_INFINITY,
): Promise<readonly Message[]> => {
  const answer = await bench.send({
    path,
    headers: { accept: 'text/event-stream', ...headers },
    isEnough: ({ text }) => readEvents(text).messages.length >= enough,
  });
  hasStatus(answer, 200, path);
  return readEvents(answer.text).messages.slice(0, enough);
};

/** Their ids, in order. */
export const idsOf = (messages: readonly Message[]): readonly (string | undefined)[] =>
  messages.map(({ id }) => id);

/** What the messages carry, without the frames that only move the cursor. */
export const eventsOf = (messages: readonly Message[]): readonly unknown[] =>
  messages.flatMap(({ event, data }) => (event === undefined ? [JSON.parse(data)] : []));
