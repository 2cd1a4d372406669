import type { ContentBlock } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';

/** A prompt that was taken and waits for its turn. */
interface TakenPrompt {
  readonly blocks: readonly ContentBlock[];
  /** The model the agent shall use from here on. */
  readonly model?: string | undefined;
  /** Resolves when it is in the journal; the agent does not hear it before. */
  readonly written: Promise<void>;
}

/** The prompts of a session behind its first one: each that was taken gets its turn, unless the agent is ended. */
export interface PromptQueue {
  /** Throws what speaks against taking a prompt now. */
  check(blocks: readonly ContentBlock[]): void;
  add(prompt: TakenPrompt): void;
  /** From here on `check` asks this, too: what an agent understands is known once it has introduced itself. */
  admit(check: (blocks: readonly ContentBlock[]) => void): void;
  readonly isEmpty: boolean;
  /** Resolves when there is one, or none comes any more. */
  filled(): Promise<void>;
  /** The next one; without any the queue is closed with the same step, so that none can be taken and forgotten. */
  nextOrClose(): TakenPrompt | undefined;
  /** None is taken any more. */
  close(): void;
}

/** Who sends more than an agent can work off is told so. */
const waitingLimit = 100;

export const createPromptQueue = (): PromptQueue => {
  const waiting: TakenPrompt[] = [];
  const arrival = { isClosed: false, wake: () => {} };
  let isUnderstood: (blocks: readonly ContentBlock[]) => void = () => {};

  const close = () => {
    arrival.isClosed = true;
    arrival.wake();
  };
  return {
    check(blocks) {
      if (arrival.isClosed) throw new Problem('session-ended', { detail: 'The agent has ended.' });
      if (waiting.length >= waitingLimit) {
        throw new Problem('wrong-state', { detail: `${waitingLimit} prompts wait for their turn already.` });
      }
      isUnderstood(blocks);
    },
    add(prompt) {
      waiting.push(prompt);
      arrival.wake();
    },
    admit(check) {
      isUnderstood = check;
    },
    get isEmpty() {
      return waiting.length === 0;
    },
    filled: () =>
      new Promise((resolve) => {
        arrival.wake = resolve;
        if (waiting.length > 0 || arrival.isClosed) resolve();
      }),
    nextOrClose() {
      const next = waiting.shift();
      if (next === undefined) close();
      return next;
    },
    close,
  };
};
