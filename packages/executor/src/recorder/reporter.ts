import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';
import { cutMiddle, lineBytes } from '../journal/cut.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { complain } from './complain.ts';
import type { HideSecrets } from './hide-secrets.ts';

/** The ways into the journal. */
export interface Reporter {
  /** What the agent says and does; cut, and marked, beyond the session's limit. */
  agent(body: EventBody, at?: number): void;
  /** What is known without the agent's words; never cut. */
  fact(body: EventBody): void;
  /** Whether the agent said as much as may be recorded of it. */
  isFull(): boolean;
  /** Something of ours that went wrong, in one sentence, without ending the session. */
  trouble(what: string, error: unknown): void;
}

export const createReporter = (
  journal: JournalWriter,
  clock: Clock,
  outputLimitBytes: number,
  hide: HideSecrets = (value) => value,
): Reporter => {
  let isCut = false;
  const isFull = () => journal.size >= outputLimitBytes;
  const append = (body: EventBody, at = clock.now()) =>
    journal.append({ kind: 'event', at, body: hide(body) });
  return {
    fact: (body) => append(body),
    isFull,
    trouble: (what, error) => {
      complain(what, error);
      const words = error instanceof Error ? error.message : String(error);
      append({ type: 'log', level: 'warn', message: cutMiddle(`${what}: ${words}`, lineBytes).text });
    },
    agent(body, at) {
      if (!isFull()) return append(body, at);
      if (isCut) return;
      isCut = true;
      const message = `The agent's output is above ${outputLimitBytes} bytes; what follows is not recorded.`;
      append({ type: 'log', level: 'warn', message });
    },
  };
};
