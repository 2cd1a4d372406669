import { type Clock, sleep } from '../clock.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Hub } from '../stream/hub.ts';

/** How long what is in the journal may take to be in the store, milliseconds. */
const heardDeadlineMs = 20_000;

/**
 * Looks whenever there is more of a session, until there is something. What is waited for is in the journal already:
 * after 20 s the caller is told to come again.
 */
export const untilFound = async <Found>(
  { hub, clock }: { readonly hub: Hub; readonly clock: Clock },
  sessionId: string,
  signal: AbortSignal | undefined,
  look: () => Promise<Found | undefined>,
): Promise<Found> => {
  const waiting = new AbortController();
  const leave = () => waiting.abort();
  signal?.addEventListener('abort', leave, { once: true });
  void sleep(clock, heardDeadlineMs, waiting.signal).then(leave, () => {});
  try {
    for (;;) {
      const channel = hub.channel(sessionId);
      const { turn } = channel;
      const found = await look();
      if (found !== undefined) return found;
      throwIfAborted(signal);
      if (waiting.signal.aborted || hub.closed) throw notYetHeard();
      if (channel.turn === turn) await channel.changed(waiting.signal);
    }
  } finally {
    leave();
    signal?.removeEventListener('abort', leave);
  }
};

const notYetHeard = (): Problem =>
  new Problem('not-ready', {
    detail: 'It is written down, but not yet in the log.',
    retryAfterSeconds: 1,
  });
