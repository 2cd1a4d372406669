import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { createParser } from 'eventsource-parser';
import type { ServerUnderTest } from './server.ts';

/** One event of a stream with its id. */
export interface Frame {
  readonly id: string;
  readonly event: SessionEvent;
}

/** What a stream says beside events: `resync`, as it came. */
export interface Aside {
  readonly id: string;
  readonly data: Record<string, unknown>;
}

export interface StreamRequest {
  /** Undefined for the stream of all sessions. */
  readonly sessionId: string | undefined;
  readonly after?: string | undefined;
  readonly signal?: AbortSignal;
  /** Return true to leave. */
  readonly onFrame: (frame: Frame) => boolean | undefined;
  readonly onAside?: (aside: Aside) => void;
}

/** How a stream ended: the session is over (204), it was left, or the connection ended. */
export type StreamEnd = 'over' | 'left' | 'ended';

/** Reads one connection of a stream to its end. A connection that breaks is one that ended. */
export const readStream = async (server: ServerUnderTest, request: StreamRequest): Promise<StreamEnd> => {
  const { sessionId, after, onFrame, onAside } = request;
  const leave = new AbortController();
  const signal =
    request.signal === undefined ? leave.signal : AbortSignal.any([leave.signal, request.signal]);
  const path = sessionId === undefined ? '/api/v1/events' : `/api/v1/sessions/${sessionId}/events`;
  let left = false;
  const parser = createParser({
    onEvent({ event: name, id = '', data }) {
      if (name !== undefined || left) return;
      const told: unknown = JSON.parse(data);
      if (isAside(told)) onAside?.({ id, data: told });
      else left = onFrame({ id, event: SessionEvent.parse(told) }) === true;
    },
  });
  try {
    const response = await fetch(`${server.url}${path}`, {
      headers: {
        authorization: `ApiKey ${await server.key()}`,
        accept: 'text/event-stream',
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
      signal,
    });
    if (response.status === 204) return 'over';
    if (!response.ok || response.body === null) throw new Error(`The stream answered ${response.status}.`);
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      if (left) return 'left';
    }
    return 'ended';
  } catch (error) {
    // Undici tells of a connection that broke, or was never made, with a TypeError.
    if (error instanceof TypeError) return 'ended';
    if (request.signal?.aborted === true) return 'left';
    throw error;
  } finally {
    leave.abort();
  }
};

const isAside = (told: unknown): told is Record<string, unknown> =>
  typeof told === 'object' && told !== null && 'type' in told && told.type === 'resync';

/** The whole log of a session, from its first event to the newest of now, by a stream. Empty where it is unknown. */
export const replay = async (server: ServerUnderTest, sessionId: string): Promise<Frame[]> => {
  const path = `/api/v1/sessions/${sessionId}`;
  if ((await server.call('GET', `${path}?archived=true`)).status === 404) return [];
  const page = await server.json('GET', `${path}/events?perPage=1&page=1`);
  const [newest] = Array.isArray(page.items) ? page.items.map((item) => SessionEvent.parse(item)) : [];
  const frames: Frame[] = [];
  if (newest === undefined) return frames;
  await readStream(server, {
    sessionId,
    onFrame(frame) {
      frames.push(frame);
      return frame.event.seq >= newest.seq;
    },
  });
  return frames;
};

/** The same for several sessions, one after the other. */
export const replayAll = async (
  server: ServerUnderTest,
  sessionIds: Iterable<string>,
): Promise<ReadonlyMap<string, readonly Frame[]>> => {
  const replays = new Map<string, readonly Frame[]>();
  for (const sessionId of sessionIds) replays.set(sessionId, await replay(server, sessionId));
  return replays;
};
