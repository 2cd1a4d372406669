import type { Executor, JournalBatch, NewEvent } from '@agent-harbor/core';

/** Journals in memory, which take the place of those that recorders write. */
export interface Journals {
  readonly executor: Executor;
  /** Hands a batch to whoever follows the journal of a session; resolves when it is in the log. */
  write(sessionId: string, events: readonly NewEvent[]): Promise<void>;
}

interface Batch {
  readonly events: readonly NewEvent[];
  readonly resolve: () => void;
}

interface Queue {
  batches: Batch[];
  wake: () => void;
}

export const createJournals = (): Journals => {
  const queues = new Map<string, Queue>();
  const queueOf = (sessionId: string): Queue => {
    const queue = queues.get(sessionId) ?? { batches: [], wake: () => {} };
    queues.set(sessionId, queue);
    return queue;
  };
  const never = () => Promise.reject(new Error('Nothing but journals is fed here.'));
  const files = { changes: never, content: never, diff: never, patch: never };
  const look = { tree: never, heads: never, search: never, archive: never, place: never };
  return {
    write: (sessionId, events) =>
      new Promise((resolve) => {
        const queue = queueOf(sessionId);
        queue.batches.push({ events, resolve });
        queue.wake();
      }),
    executor: {
      id: 'feed',
      describe: never,
      agents: async () => [],
      settingsSchema: () => ({}),
      runtimes: () => [],
      check: async () => {},
      provision: async () => ({ path: '/', baseCommit: null, branch: null }),
      start: async () => {},
      async *journal(sessionId, after, signal): AsyncGenerator<JournalBatch> {
        const queue = queueOf(sessionId);
        // Once and not for each batch: a signal looks through all it has when one is added.
        signal?.addEventListener('abort', () => queue.wake(), { once: true });
        let offset = after;
        while (signal?.aborted !== true) {
          const batch = queue.batches.shift();
          if (batch === undefined) {
            await new Promise<void>((resolve) => {
              queue.wake = resolve;
            });
            continue;
          }
          offset += batch.events.length;
          yield { events: batch.events, offset };
          // Whoever follows comes back when the batch is durable.
          batch.resolve();
        }
      },
      stop: async () => {},
      kill: async () => {},
      pause: never,
      resume: never,
      prompt: never,
      answer: never,
      async *terminal() {},
      type: never,
      resize: never,
      deliver: never,
      release: async () => {},
      forget: async () => 'gone',
      capabilities: never,
      refs: never,
      trackedFiles: never,
      forgetRepository: async () => {},
      usage: never,
      files,
      look,
      close: async () => {},
    },
  };
};
