import type { ResyncEvent, TerminalFrame } from '@agent-harbor/api-contract/schemas';
import type { TerminalBatch } from '../executor/executor.ts';
import { formatEventId, parseEventId } from '../stream/id.ts';
import type { EventBatch, EventReader } from '../stream/reader.ts';

/** The epoch of every terminal: what is kept of one is never put back to an earlier state. */
const epoch = 'terminal';

/** Where to read a terminal from: behind a number, which may be one of something else. */
export interface TerminalPlace {
  readonly number: number;
  readonly isForeign: boolean;
}

export const terminalPlace = (after: string | undefined): TerminalPlace => {
  if (after === undefined) return { number: 0, isForeign: false };
  const place = parseEventId(after);
  return place.epoch === epoch ? { number: place.number, isForeign: false } : { number: 0, isForeign: true };
};

export const terminalId = (number: number): string => formatEventId(epoch, number);

/** What is due: frames that follow each other, or the word that there is a gap before the next ones. */
export type TerminalStep =
  | { readonly resync: ResyncEvent; readonly cursor: string }
  | { readonly first: number; readonly frames: readonly TerminalFrame[]; readonly cursor: string };

/** The frames from a place on, with a word wherever some between are not there. */
export async function* terminalSteps(
  place: TerminalPlace,
  batches: AsyncIterable<TerminalBatch>,
): AsyncGenerator<TerminalStep, void> {
  let { number } = place;
  const gap = (first: number, reason: ResyncEvent['reason']): TerminalStep => ({
    resync: { type: 'resync', oldest: terminalId(first), epoch, reason },
    cursor: terminalId(first - 1),
  });
  let isForeign = place.isForeign;
  for await (const { first, frames } of batches) {
    if (isForeign) yield gap(first, 'foreign-epoch');
    // A reader that begins gets what is kept, and takes it for what it is.
    else if (first !== number + 1 && number > 0) yield gap(first, first <= number ? 'future' : 'pruned');
    isForeign = false;
    number = first - 1 + frames.length;
    yield { first, frames, cursor: terminalId(number) };
  }
}

/** The same for the writers of streams. */
export const readTerminal = (
  place: TerminalPlace,
  steps: AsyncIterator<TerminalStep, void>,
  begun: IteratorResult<TerminalStep, void> | undefined,
): EventReader => {
  let cursor = terminalId(place.number);
  let known = begun;
  const next = async (): Promise<EventBatch | undefined> => {
    const { value, done } = known ?? (await steps.next());
    known = undefined;
    if (done === true || value === undefined) {
      reader.ended = true;
      return undefined;
    }
    cursor = value.cursor;
    if ('resync' in value) return { events: [], cursor, resync: value.resync };
    const text = value.frames.map((frame) => JSON.stringify(frame)).join('\n');
    return { events: [], lines: { first: value.first, count: value.frames.length, text }, cursor };
  };
  const reader = {
    ended: begun?.done === true,
    get cursor() {
      return cursor;
    },
    idOf: ({ seq }: { readonly seq: number }) => terminalId(seq),
    idAt: terminalId,
    // A look that waits for what comes: nobody has to be woken for another.
    look: async () => (await next()) ?? ('over' as const),
    watch: () => () => undefined,
    next,
  };
  return reader;
};
