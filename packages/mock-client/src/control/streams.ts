import type {
  EventBatch,
  EventLog,
  EventReader,
  LocalConversations,
  LocalTerminals,
  TaskManager,
} from '@agent-harbor/core';
import type { MockCall } from './method.ts';
import { pass } from './pass.ts';
import { openPassage, type Passage } from './passage.ts';
import { begin, type Way } from './way.ts';

/** The stream of a task manager, as its readers meet it. */
export const subscribe =
  ({ subscribe: source }: TaskManager, way: Way): TaskManager['subscribe'] =>
  (sessionId, options = {}) =>
    passed(way, begin(way, 'subscribe', [sessionId, options]), options.signal, (signal) =>
      source(sessionId, { ...options, signal }),
    );

/** The frames of a terminal. */
export const watchTerminal =
  ({ watchTerminal: source }: LocalTerminals, way: Way): LocalTerminals['watchTerminal'] =>
  (sessionId, options = {}) =>
    passed(way, begin(way, 'watchTerminal', [sessionId, options]), options.signal, (signal) =>
      source(sessionId, { ...options, signal }),
    );

/** The reply to a message. */
export const streamMessage =
  ({ streamMessage: source }: LocalConversations, way: Way): LocalConversations['streamMessage'] =>
  (sessionId, message, options = {}) =>
    passed(way, begin(way, 'streamMessage', [sessionId, message, options]), options.signal, (signal) =>
      source(sessionId, message, { ...options, signal }),
    );

/** The items of a stream, as late and as many as the rules let through. */
async function* passed<Item extends object>(
  way: Way,
  call: MockCall,
  caller: AbortSignal | undefined,
  source: (signal: AbortSignal) => AsyncIterable<Item>,
): AsyncGenerator<Item, void> {
  const passage = openPassage(way.rules, way.clock, call, caller);
  try {
    if (!(await isLetIn(way, call, passage))) return;
    passage.allowance();
    for await (const item of source(passage.signal)) {
      const wait = passage.wait(() => timeOf(item));
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
}

/** The readers of a skin: the same streams, in batches. */
export const openReader =
  ({ open }: EventLog, way: Way): EventLog['open'] =>
  (request) => {
    const { sessionId, after, filter, signal } = request;
    const call = begin(way, 'subscribe', [sessionId, { ...filter, after, signal }]);
    // What passes is counted event by event.
    return letIn(way, call, signal, (own) => open({ ...request, takesLines: false, signal: own }));
  };

export const openTerminal =
  ({ openTerminal: open }: LocalTerminals, way: Way): LocalTerminals['openTerminal'] =>
  (sessionId, options = {}) => {
    const call = begin(way, 'watchTerminal', [sessionId, options]);
    return letIn(way, call, options.signal, (signal) => open(sessionId, { ...options, signal }));
  };

/** By now the message is sent: its own call was let in as every other. */
export const openReply =
  ({ openReply: open }: LocalConversations, way: Way): LocalConversations['openReply'] =>
  (sessionId, messageId, options = {}) => {
    const call = begin(way, 'streamMessage', [sessionId, undefined, options]);
    return letIn(way, call, options.signal, (signal) => open(sessionId, messageId, { ...options, signal }));
  };

const letIn = async (
  way: Way,
  call: MockCall,
  caller: AbortSignal | undefined,
  open: (signal: AbortSignal) => Promise<EventReader>,
): Promise<EventReader> => {
  const passage = openPassage(way.rules, way.clock, call, caller);
  try {
    for (const point of ['call', 'answer'] as const) await pass(way.rules, way.clock, call, point, caller);
    return throughPassage(await open(passage.signal), passage);
  } catch (failure) {
    passage.close();
    throw failure;
  }
};

const throughPassage = (source: EventReader, passage: Passage): EventReader => {
  let cursor = source.cursor;
  /** What was read and must not be told yet. */
  let rest: EventBatch | undefined;

  const take = (batch: EventBatch): EventBatch => {
    const [now, later] = split(batch, passage.allowance(), source);
    rest = later;
    cursor = now.cursor;
    passage.count(itemsIn(now));
    return now;
  };

  const next: EventReader['next'] = async (maxBytes) => {
    passage.allowance();
    const batch = rest ?? (await source.next(maxBytes));
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
      return source.ended && rest === undefined;
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

const itemsIn = ({ events, lines, resync }: EventBatch): number =>
  events.length + (lines?.count ?? 0) + (resync === undefined ? 0 : 1);

/** So many items of a batch, and those behind them. */
const split = (
  batch: EventBatch,
  count: number,
  source: EventReader,
): readonly [now: EventBatch, later: EventBatch | undefined] => {
  if (itemsIn(batch) <= count) return [batch, undefined];
  const { events, lines } = batch;
  if (lines !== undefined) {
    const texts = lines.text.split('\n');
    const part = (from: number, to: number) => {
      const text = texts.slice(from, to).join('\n');
      return { first: lines.first + from, count: to - from, text };
    };
    const now = { ...batch, lines: part(0, count), cursor: source.idAt(lines.first + count - 1) };
    return [now, { ...batch, lines: part(count, lines.count) }];
  }
  const last = events[count - 1];
  const now = { ...batch, events: events.slice(0, count) };
  return [
    last === undefined ? now : { ...now, cursor: source.idOf(last) },
    { events: events.slice(count), cursor: batch.cursor },
  ];
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

/** When an item happened, milliseconds since the epoch; what has no time is told at once. */
const timeOf = (item: object): number => {
  const told = 'event' in item ? item.event : 'frame' in item ? item.frame : undefined;
  if (typeof told !== 'object' || told === null) return 0;
  if ('ts' in told && typeof told.ts === 'string') return Date.parse(told.ts);
  if (!('timestamp' in told)) return 0;
  return typeof told.timestamp === 'number' ? told.timestamp : Date.parse(String(told.timestamp));
};
