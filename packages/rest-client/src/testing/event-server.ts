import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Handler, openStream, type Seen } from './stub-server.ts';

/** Events 1 … count of one session, the last one saying that it completed. */
export const sessionLog = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    const place = { seq, ts: '2026-01-02T03:04:05.678Z', sessionId: '01HVZ6K9T1N8S6M3V3Q3F0X000' };
    const body =
      seq === count
        ? { type: 'status', status: 'completed' }
        : { type: 'log', level: 'info', message: `liné ${seq} \u2028 ${'x'.repeat((seq * 37) % 300)}` };
    return JSON.stringify({ ...body, ...place });
  });

/** The event stream of a log whose reader may resume, cut by a test at will. */
export interface EventServer {
  readonly handler: Handler;
  /** `Last-Event-ID` of each connection. */
  readonly resumed: (string | undefined)[];
}

/** What a test does to one connection: writes what it gets, in its own way, and ends it in its own way. */
export type Serve = (text: string, response: ServerResponse, socket: Socket, seen: Seen) => void;

/** Serves the log after `Last-Event-ID`, and 204 when nothing is left of it. */
export const createEventServer = (log: readonly string[], serve: Serve, epoch = 'e1'): EventServer => {
  const resumed: (string | undefined)[] = [];
  return {
    resumed,
    handler: (seen, response, socket) => {
      const last = seen.headers['last-event-id'];
      const after = last === undefined ? 0 : Number(String(last).split('-')[1]);
      resumed.push(last === undefined ? undefined : String(last));
      const due = log
        .slice(after)
        .map((json, index) => `id: ${epoch}-${after + index + 1}\ndata: ${json}\n\n`);
      if (due.length === 0) {
        response.writeHead(204).end();
        return undefined;
      }
      openStream(response);
      serve(due.join(''), response, socket, seen);
      return undefined;
    },
  };
};
