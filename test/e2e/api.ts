import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { RunningServer } from './program.ts';

/** One frame of a stream, with its event parsed by the contract. */
export interface Frame {
  readonly id: string;
  readonly event: SessionEvent;
}

/** The HTTP surface as a test uses it: no SDK between. */
export interface Api {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  json(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Launches a task and gives the id of its first session. */
  launch(task: Record<string, unknown>): Promise<string>;
  /** Frames from after `after` on, until the stream ends or `until` says so. */
  frames(sessionId: string, after?: string, until?: (frame: Frame) => boolean): Promise<Frame[]>;
}

export const apiOf = async (server: RunningServer): Promise<Api> => {
  const authorization = `ApiKey ${await server.key()}`;
  const call: Api['call'] = (method, path, body, headers = {}) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json: Api['json'] = async (method, path, body) => {
    const response = await call(method, path, body);
    const answer: unknown = await response.json();
    if (!response.ok || typeof answer !== 'object' || answer === null) {
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    return { ...answer };
  };
  return {
    call,
    json,
    async launch(task) {
      const { id } = await json('POST', '/api/v1/tasks', task);
      return String(id);
    },
    async frames(sessionId, after, until) {
      const leave = new AbortController();
      const response = await fetch(`${server.url}/api/v1/sessions/${sessionId}/events`, {
        headers: {
          authorization,
          accept: 'text/event-stream',
          ...(after === undefined ? {} : { 'last-event-id': after }),
        },
        signal: leave.signal,
      });
      if (response.status === 204) return [];
      if (response.body === null || !response.ok) throw new Error(`The stream answered ${response.status}.`);
      const frames: Frame[] = [];
      let satisfied = false;
      const parser = createParser({
        onEvent(message: EventSourceMessage) {
          if (message.event !== undefined || satisfied) return;
          const frame = { id: message.id ?? '', event: SessionEvent.parse(JSON.parse(message.data)) };
          frames.push(frame);
          satisfied = until?.(frame) ?? false;
        },
      });
      try {
        const text = response.body.pipeThrough(new TextDecoderStream());
        for await (const chunk of text) {
          parser.feed(chunk);
          if (satisfied) break;
        }
      } catch (error) {
        // A server that was killed cuts its streams; what came before counts.
        if (!(error instanceof TypeError)) throw error;
      } finally {
        leave.abort();
      }
      return frames;
    },
  };
};

/** What a stream told, in one word per event: the status, or the type. */
export const story = (frames: readonly Frame[]): string[] =>
  frames.map(({ event }) => (event.type === 'status' ? event.status : event.type));

/** Whether `part` occurs in `whole` in this order, with anything between. */
export const isSubsequence = (part: readonly string[], whole: readonly string[]): boolean => {
  let next = 0;
  for (const word of whole) if (word === part[next]) next++;
  return next === part.length;
};
