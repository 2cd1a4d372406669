import type { Oracle } from './oracle.ts';
import { type Aside, type Frame, readStream } from './replay.ts';
import type { ServerUnderTest } from './server.ts';

/** A client that goes on until it is told to stop, whatever becomes of the server. */
export interface Client {
  /** Lets it finish what it is at. Rejects with what it could not understand. */
  stop(): Promise<void>;
}

/** Who they are and what they know. */
interface Work {
  readonly server: ServerUnderTest;
  readonly oracle: Oracle;
  readonly name: string;
}

/** Statuses that say that nothing was written. */
const refusals: ReadonlySet<number> = new Set([409, 429, 503, 507]);

const go = (turn: (signal: AbortSignal) => Promise<void>): Client => {
  const leaving = new AbortController();
  const done = (async () => {
    while (!leaving.signal.aborted) await turn(leaving.signal);
  })().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  // Told to whoever stops it.
  done.catch(() => undefined);
  return {
    stop() {
      leaving.abort(new Error('The client was told to stop.'));
      return done;
    },
  };
};

/**
 * Appends to a session, one event after the other. What is not answered may be there or not; what is refused (a full
 * disk, say) is not there, and it goes on.
 */
export const startWriter = (work: Work, sessionId: string, paddingOf: () => number = () => 0): Client => {
  const { server, oracle, name } = work;
  return go(async (signal) => {
    await server.up(signal);
    const mark = oracle.send(sessionId, name);
    const status = await append(server, sessionId, [`${mark} ${'x'.repeat(paddingOf())}`]).catch(
      () => undefined,
    );
    if (status === 201) oracle.acknowledge(sessionId, mark);
    else if (status !== undefined && status < 500 && !refusals.has(status))
      throw new Error(`${name}: an append was answered with ${status}.`);
    // Whoever has no answer waits until there is a server again, or lets others run.
    else if (server.isUp) await new Promise((resolve) => setTimeout(resolve, 5));
  });
};

/**
 * Prompts an agent, a few times a second. What is not answered is sent again under its key until it is: then the agent
 * has heard it once.
 */
export const startPrompter = ({ server, oracle, name }: Work, sessionId: string): Client =>
  go(async (signal) => {
    const mark = oracle.send(sessionId, name);
    const key = { 'idempotency-key': `${name}-${mark}` };
    while (!signal.aborted) {
      await server.up(signal);
      const path = `/api/v1/sessions/${sessionId}/prompt`;
      const status = await server.call('POST', path, { prompt: mark }, key).then(
        (response) => response.arrayBuffer().then(() => response.status),
        () => undefined,
      );
      if (status === 202) {
        oracle.acknowledge(sessionId, mark);
        break;
      }
      if (status !== undefined && status < 500 && !refusals.has(status))
        throw new Error(`${name}: a prompt was answered with ${status}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  });

/** Appends log lines in one request; resolves with the status when it was answered. */
export const append = async (
  server: ServerUnderTest,
  sessionId: string,
  messages: readonly string[],
): Promise<number> => {
  const events = messages.map((message) => ({ type: 'log', level: 'info', message }));
  const response = await server.call('POST', `/test/sessions/${sessionId}/events`, { events });
  await response.arrayBuffer();
  return response.status;
};

/** What a reader has seen of late. */
export interface Reader extends Client {
  /** What it was shown, in order. */
  readonly seen: readonly Frame[];
  /** Resolves when it was shown an event for which this holds, also one before. */
  until(holds: (frame: Frame) => boolean): Promise<Frame>;
  /** What streams said beside events. */
  readonly asides: readonly Aside[];
  /** How often it connected. */
  readonly connections: number;
  /** Whether its session is over and it has seen all. */
  readonly isOver: boolean;
}

/** Reads a session, or all of them, and comes back with its `Last-Event-ID` whenever a connection ends. */
export const startReader = (work: Work, sessionId: string | undefined): Reader => {
  const { server, oracle, name } = work;
  const asides: Aside[] = [];
  const seen: Frame[] = [];
  const looks = new Set<(frame: Frame) => void>();
  let lastId: string | undefined;
  let connections = 0;
  let isOver = false;
  const client = go(async (signal) => {
    await server.up(signal);
    connections += 1;
    const end = await readStream(server, {
      sessionId,
      after: lastId,
      signal,
      onFrame(frame) {
        lastId = frame.id;
        oracle.see(name, frame);
        seen.push(frame);
        for (const look of [...looks]) look(frame);
        return undefined;
      },
      onAside: (aside) => {
        asides.push(aside);
        lastId = aside.id;
      },
    });
    if (end === 'over') {
      isOver = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } else if (server.isUp) await new Promise((resolve) => setTimeout(resolve, 5));
  });
  return {
    stop: client.stop,
    seen,
    asides,
    get connections() {
      return connections;
    },
    get isOver() {
      return isOver;
    },
    until: (holds) =>
      new Promise((resolve) => {
        const known = seen.find(holds);
        if (known !== undefined) return resolve(known);
        const look = (frame: Frame) => {
          if (!holds(frame)) return;
          looks.delete(look);
          resolve(frame);
        };
        looks.add(look);
      }),
  };
};
