import type { Clock, TerminalBatch } from '@agent-harbor/core';
import { type RecorderAddress, reachRecorder } from '../recorder/reach.ts';
import { readTerminalLog } from './log-reader.ts';

export interface FollowTerminal {
  readonly address: RecorderAddress;
  readonly clock: Clock;
  /** False to end with what there is by now. */
  readonly live: boolean;
}

/** How long a living recorder may refuse to talk before its process is looked at again. */
const patienceMs = 10_000;

/** A session's terminal from `after` on, while its recorder lives and what it left behind. */
export async function* followTerminal(
  { address, clock, live }: FollowTerminal,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TerminalBatch, void> {
  const reader = await readTerminalLog(address.directory.terminal, after);
  try {
    while (!signal.aborted) {
      const reached = live
        ? await reachRecorder(address, clock, patienceMs, signal)
        : ({ state: 'dead' } as const);
      if (signal.aborted) return;
      const link = reached.state === 'linked' ? reached.link : undefined;
      try {
        for (let isOpen = true; isOpen && !signal.aborted; ) {
          // Asked before reading: what comes in between is told again.
          const told = link?.shown ?? 0;
          isOpen = link?.open ?? false;
          for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
            yield batch;
            if (signal.aborted) return;
          }
          if (isOpen) await link?.moreShown(told, signal);
        }
      } finally {
        link?.close();
      }
      if (reached.state === 'dead') return;
    }
  } finally {
    await reader.close();
  }
}
