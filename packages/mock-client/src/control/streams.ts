import type {
  EventBatch,
  EventLog,
  EventReader,
  StoredEvent,
  TaskManager,
  Terminals,
} from '@agent-harbor/core';
import type { MockCall } from './method.ts';
import { pass } from './pass.ts';
import { openPassage, type Passage } from './passage.ts';
import { begin, type Way } from './way.ts';

/** The stream of a task manager, as its readers meet it. */
export const subscribe = ({ subscribe: source }: TaskManager, way: Way): TaskManager['subscribe'] =>
  async function* (sessionId, options = {}) {
    const call = begin(way, 'subscribe', [sessionId, options]);
    const passage = openPassage(way.rules, way.clock, call, options.signal);
    try {
      if (!(await isLetIn(way, call, passage))) return;
      passage.allowance();
      for await (const item of source(sessionId, { ...options, signal: passage.signal })) {
        const wait = passage.wait(() => timeOf(item.event));
        if (wait !== undefined) await wait;
        if (passage.signal.aborted) break;
        passage.count(1);
        yield item;
        passage.allowance();
      }
      passage.allowance();
    } finally {
      passage.close();
    }
  };

/** The reader of a skin: the same stream, in batches. */
export const openReader =
  ({ open }: EventLog, way: Way): EventLog['open'] =>
  async (request) => {
    const { sessionId, after, filter, signal } = request;
    const call = begin(way, 'subscribe', [sessionId, { ...filter, after, signal }]);
    const passage = openPassage(way.rules, way.clock, call, signal);
    try {
      for (const point of ['call', 'answer'] as const) await pass(way.rules, way.clock, call, point, signal);
      // What passes is counted event by event.
      return throughPassage(await open({ ...request, takesLines: false, signal: passage.signal }), passage);
    } catch (failure) {
      passage.close();
      throw failure;
    }
  };

const throughPassage = (source: EventReader, passage: Passage): EventReader => {
  let cursor = source.cursor;
  /** What was read and must not be told yet. */
  let rest: readonly StoredEvent[] = [];

  const take = (batch: EventBatch): EventBatch => {
    const events = batch.events.slice(0, passage.allowance());
    rest = batch.events.slice(events.length);
    const last = events.at(-1);
    cursor = rest.length === 0 || last === undefined ? batch.cursor : source.idOf(last);
    passage.count(events.length + (batch.resync === undefined ? 0 : 1));
    return { ...batch, events, cursor };
  };

  const next: EventReader['next'] = async (maxBytes) => {
    passage.allowance();
    const batch = rest.length > 0 ? { events: rest, cursor: source.cursor } : await source.next(maxBytes);
    const wait = passage.wait(() => batch?.events.at(-1)?.at ?? 0);
    if (wait !== undefined) await wait;
    passage.allowance();
    if (batch !== undefined && !passage.signal.aborted) return take(batch);
    passage.close();
    return undefined;
  };

  passage.signal.addEventListener('abort', passage.close, { once: true });
  return {
    get ended() {
      return source.ended;
    },
    get cursor() {
      return cursor;
    },
    idOf: (event) => source.idOf(event),
    idAt: (number) => source.idAt(number),
    // A look that waits for what comes: nobody has to be woken for another.
    look: async (maxBytes) => (await next(maxBytes)) ?? 'over',
    watch: () => () => undefined,
    next,
  };
};

/** The frames of a terminal: its reader waits, or fails, at the beginning. */
export const watchTerminal = ({ watchTerminal: source }: Terminals, way: Way): Terminals['watchTerminal'] =>
  async function* (sessionId, options = {}) {
    const call = begin(way, 'watchTerminal', [sessionId, options]);
    for (const point of ['call', 'answer'] as const)
      await pass(way.rules, way.clock, call, point, options.signal);
    yield* source(sessionId, options);
  };

/** False when the reader left before the stream was open. */
const isLetIn = async (way: Way, call: MockCall, passage: Passage): Promise<boolean> => {
  try {
    for (const point of ['call', 'answer'] as const)
      await pass(way.rules, way.clock, call, point, passage.signal);
    return true;
  } catch (failure) {
    if (!passage.signal.aborted) throw failure;
    // Broken before it was open, or left by its reader.
    passage.allowance();
    return false;
  }
};

/** When an event happened, milliseconds since the epoch; what has no time is told at once. */
const timeOf = (event: object): number =>
  'ts' in event && typeof event.ts === 'string' ? Date.parse(event.ts) : 0;
