import type { AgentExit, Executor, JournalBatch, NewEvent } from '../executor/executor.ts';
import { Problem } from '../problem.ts';

/** An executor whose agents say what the test makes them say. */
export interface FakeExecutor extends Executor {
  /** What was asked of it, in order: `provision S`, `start S`, `stop S 100` … */
  readonly asked: string[];
  /** The agent of a session says something; resolves when the server has taken it. */
  say(sessionId: string, ...events: NewEvent[]): void;
  exit(sessionId: string, exit: AgentExit): void;
  /** Replaces a method for one test. */
  override<Name extends keyof Executor>(name: Name, method: Executor[Name]): void;
}

interface FakeJournal {
  readonly batches: JournalBatch[];
  readonly waiting: Set<() => void>;
}

/** Journals outlive the fake, as real ones outlive a server: pass them on to play a restart. */
export const createFakeExecutor = (journals = new Map<string, FakeJournal>()): FakeExecutor => {
  const asked: string[] = [];
  const journalOf = (sessionId: string): FakeJournal => {
    let journal = journals.get(sessionId);
    if (journal === undefined) {
      journal = { batches: [], waiting: new Set() };
      journals.set(sessionId, journal);
    }
    return journal;
  };
  const push = (sessionId: string, events: readonly NewEvent[], exit?: AgentExit) => {
    const journal = journalOf(sessionId);
    if (journal.batches.at(-1)?.exit !== undefined) return;
    const offset = (journal.batches.at(-1)?.offset ?? 0) + 100;
    journal.batches.push({ events, offset, ...(exit === undefined ? {} : { exit }) });
    for (const wake of [...journal.waiting]) wake();
  };

  const fake: FakeExecutor = {
    id: 'fake',
    asked,
    say: (sessionId, ...events) => push(sessionId, events),
    exit: (sessionId, exit) => push(sessionId, [], exit),
    override(name, method) {
      Object.assign(fake, { [name]: method });
    },
    describe: async () => ({
      id: 'fake',
      os: 'test',
      arch: 'test',
      health: 'ok',
      snapshotCapabilities: [],
      processTracking: 'simulated',
      pause: 'none',
    }),
    agents: () => [],
    settingsSchema: () => ({}),
    runtimes: () => [],
    check: async () => {},
    provision: async ({ sessionId }, signal) => {
      asked.push(`provision ${sessionId}`);
      if (signal?.aborted) throw new Problem('aborted');
      return { path: `/workspaces/${sessionId}`, baseCommit: 'a'.repeat(40), branch: 'main' };
    },
    start: async ({ sessionId }) => {
      asked.push(`start ${sessionId}`);
    },
    async *journal(sessionId, after, signal) {
      const journal = journalOf(sessionId);
      for (let offset = after; ; ) {
        const due = journal.batches.find((batch) => batch.offset > offset);
        if (due !== undefined) {
          offset = due.offset;
          yield due;
          if (due.exit !== undefined) return;
          continue;
        }
        const last = journal.batches.at(-1);
        if (last?.exit !== undefined) {
          yield { events: [], offset: last.offset, exit: last.exit };
          return;
        }
        if (signal?.aborted) return;
        await new Promise<void>((resolve) => {
          const wake = () => {
            journal.waiting.delete(wake);
            resolve();
          };
          journal.waiting.add(wake);
          signal?.addEventListener('abort', wake, { once: true });
        });
      }
    },
    stop: async (sessionId, graceMs) => {
      asked.push(`stop ${sessionId} ${graceMs}`);
    },
    kill: async (sessionId) => {
      asked.push(`kill ${sessionId}`);
      push(sessionId, [], { kind: 'ended-by-us' });
    },
    pause: async (sessionId) => {
      asked.push(`pause ${sessionId}`);
    },
    resume: async (sessionId) => {
      asked.push(`resume ${sessionId}`);
    },
    prompt: async (sessionId, { id }) => {
      asked.push(`prompt ${sessionId} ${id}`);
    },
    answer: async (sessionId, { approvalId }) => {
      asked.push(`answer ${sessionId} ${approvalId}`);
    },
    deliver: async ({ sessionId, deliverTo }) => {
      asked.push(`deliver ${sessionId}`);
      return { state: 'delivered', branch: deliverTo ?? '', commit: 'b'.repeat(40) };
    },
    release: async (sessionId) => {
      asked.push(`release ${sessionId}`);
    },
    branches: async () => [],
    files: {
      changes: async () => [],
      content: async () => {
        throw new Problem('file-not-found');
      },
      diff: async () => [],
    },
    close: async () => {},
  };
  return fake;
};
