import type { TerminalFrame } from '@agent-harbor/api-contract/schemas';
import type { Terminals } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Output, Seat } from './io.ts';
import { createClipboardGuard } from './terminal/clipboard.ts';
import { createKeyFilter, type KeySequence } from './terminal/detach-keys.ts';
import { createRawOutput } from './terminal/raw-output.ts';

/** What somebody sits down with. */
export interface Sitting {
  readonly terminals: Terminals;
  readonly sessionId: string;
  readonly seat: Seat;
  readonly output: Output;
  readonly detach: KeySequence;
  /** Nothing of what is typed gets to the session, and it keeps its size. */
  readonly readOnly: boolean;
  readonly interrupted: AbortSignal;
}

/** How sitting at a terminal ended. `ended` without a code or signal: nothing more is known. */
export type Left =
  | { readonly how: 'detached' }
  | { readonly how: 'interrupted' }
  | { readonly how: 'ended'; readonly exitCode?: number | undefined; readonly signal?: string | undefined };

/** As much as a session takes at once. */
const inputBytes = 64 * 1024;

/**
 * Shows the terminal of a session in this one and gives it what is typed, until its program ends or the person detaches.
 * The stream goes on over lost connections; this terminal is given back as it was in any case.
 */
export const attach = async (sitting: Sitting): Promise<Left> => {
  const { terminals, sessionId, seat, output, readOnly, interrupted } = sitting;
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, interrupted]);
  let isDetached = false;
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    if (signal.aborted) return;
    failure = { error };
    leaving.abort();
  };
  const typing = createTyping(sitting, signal, fail);
  const filter = createKeyFilter(sitting.detach);
  const stand = seat.sit(
    (pressed) => {
      const { keys, isDetached: isOver } = filter.push(pressed);
      if (!readOnly) typing.type(keys);
      if (!isOver) return;
      isDetached = true;
      // What was typed before gets there.
      void typing.done().then(() => leaving.abort());
    },
    () => {
      if (!readOnly) typing.resize();
    },
  );
  try {
    if (!readOnly) typing.resize();
    const raw = createRawOutput();
    const guard = createClipboardGuard();
    let last: TerminalFrame | undefined;
    for await (const { frame } of terminals.watchTerminal(sessionId, { signal })) {
      if (frame.type === 'resync') continue;
      if (frame.type === 'terminal') await output.write(raw(guard(Buffer.from(frame.data, 'base64'))));
      last = frame;
    }
    if (failure !== undefined) throw failure.error;
    if (isDetached) return { how: 'detached' };
    if (interrupted.aborted) return { how: 'interrupted' };
    return last?.type === 'terminal_exit'
      ? { how: 'ended', exitCode: last.exitCode, signal: last.signal }
      : { how: 'ended' };
  } finally {
    leaving.abort();
    stand();
  }
};

/** Sends keys and sizes one after the other: what is pressed while one is on its way goes with the next. */
const createTyping = (
  { terminals, sessionId, seat }: Sitting,
  signal: AbortSignal,
  fail: (error: unknown) => void,
) => {
  const waiting: number[] = [];
  let isResized = false;
  let sending: Promise<void> | undefined;

  const send = async () => {
    while (!signal.aborted && (isResized || waiting.length > 0)) {
      if (isResized) {
        isResized = false;
        await terminals.resizeTerminal(sessionId, seat.size(), { signal }).catch(passOver);
      } else {
        const keys = waiting.splice(0, inputBytes);
        await terminals.typeTerminal(sessionId, Uint8Array.from(keys), { signal }).catch(passOver);
      }
    }
    sending = undefined;
  };
  /** A session that stands still or has just ended takes nothing; one who watches it need not go for that. */
  const passOver = (error: unknown) => {
    if (error instanceof Problem && (error.code === 'wrong-state' || error.code === 'session-ended')) return;
    fail(error);
  };
  const start = () => {
    sending ??= send();
  };
  return {
    type(keys: Uint8Array) {
      waiting.push(...keys);
      if (keys.length > 0) start();
    },
    resize() {
      isResized = true;
      start();
    },
    done: () => sending ?? Promise.resolve(),
  };
};
