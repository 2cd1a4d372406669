import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit, Executor, JournalBatch, NewEvent } from '../executor/executor.ts';
import type { WorkspaceTree } from '../executor/workspace-look.ts';
import { fieldProblem, Problem } from '../problem.ts';
import { promptText } from '../task/plan-launch.ts';

/** An executor whose agents say what the test makes them say. */
export interface FakeExecutor extends Executor {
  /** What was asked of it, in order: `provision S`, `start S`, `stop S 100` … */
  readonly asked: string[];
  /** The agent of a session says something; resolves when the server has taken it. */
  say(sessionId: string, ...events: NewEvent[]): void;
  exit(sessionId: string, exit: AgentExit): void;
  /** The agent asks for leave: to do `title`, with an answer `yes` and an answer `no`. */
  ask(sessionId: string, approvalId: string, title?: string): void;
  /** Whether the processes of the session stand still. */
  stands(sessionId: string): boolean;
  /** Replaces a method for one test. */
  override<Name extends keyof Executor>(name: Name, method: Executor[Name]): void;
}

interface FakeJournal {
  /** The ids of the prompts and answers in it. */
  readonly commands: Set<string>;
  standing: boolean;
  readonly batches: JournalBatch[];
  readonly waiting: Set<() => void>;
}

/** Journals outlive the fake, as real ones outlive a server: pass them on to play a restart. */
export const createFakeExecutor = (journals = new Map<string, FakeJournal>()): FakeExecutor => {
  const asked: string[] = [];
  const journalOf = (sessionId: string): FakeJournal => {
    let journal = journals.get(sessionId);
    if (journal === undefined) {
      journal = { commands: new Set(), standing: false, batches: [], waiting: new Set() };
      journals.set(sessionId, journal);
    }
    return journal;
  };
  const push = (sessionId: string, events: readonly NewEvent[], exit?: AgentExit) => {
    const journal = journalOf(sessionId);
    if (journal.batches.at(-1)?.exit !== undefined) return;
    const offset = (journal.batches.at(-1)?.offset ?? 0) + 100;
    if (exit !== undefined) journal.standing = false;
    journal.batches.push({ events, offset, ...(exit === undefined ? {} : { exit }) });
    for (const wake of [...journal.waiting]) wake();
  };

  /** Writes a command down, unless it is there already. */
  const once = (sessionId: string, id: string, body: () => EventBody) => {
    const { commands, batches } = journalOf(sessionId);
    if (commands.has(id)) return;
    if (batches.at(-1)?.exit !== undefined) throw new Problem('session-ended');
    push(sessionId, [{ at: 0, body: body() }]);
    commands.add(id);
  };
  const approvalIn = (sessionId: string, approvalId: string) =>
    journalOf(sessionId)
      .batches.flatMap(({ events }) => events.map(({ body }) => body))
      .filter((body) => body.type === 'approval')
      .findLast((body) => body.approvalId === approvalId);

  const fake: FakeExecutor = {
    id: 'fake',
    asked,
    say: (sessionId, ...events) => push(sessionId, events),
    exit: (sessionId, exit) => push(sessionId, [], exit),
    ask: (sessionId, approvalId, title = 'Run npm install') =>
      push(sessionId, [
        {
          at: 0,
          body: {
            type: 'approval',
            approvalId,
            state: 'requested',
            title,
            options: [
              { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
              { optionId: 'no', name: 'No', kind: 'reject_once' },
            ],
          },
        },
      ]),
    stands: (sessionId) => journalOf(sessionId).standing,
    override(name, method) {
      Object.assign(fake, { [name]: method });
    },
    describe: async () => ({
      id: 'fake',
      os: 'test',
      arch: 'test',
      health: 'ok',
      processTracking: 'simulated',
      pause: 'simulated',
      terminal: 'simulated',
    }),
    agents: async () => [],
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
      journalOf(sessionId).standing = false;
    },
    kill: async (sessionId) => {
      asked.push(`kill ${sessionId}`);
      push(sessionId, [], { kind: 'ended-by-us' });
    },
    pause: async (sessionId) => {
      asked.push(`pause ${sessionId}`);
      journalOf(sessionId).standing = journalOf(sessionId).batches.at(-1)?.exit === undefined;
    },
    resume: async (sessionId) => {
      asked.push(`resume ${sessionId}`);
      journalOf(sessionId).standing = false;
    },
    prompt: async (sessionId, { id, prompt, author }) => {
      asked.push(`prompt ${sessionId} ${id}`);
      once(sessionId, id, () => ({ type: 'user_input', author, content: promptText(prompt), promptId: id }));
    },
    answer: async (sessionId, { id, approvalId, choice, by, note }) => {
      asked.push(`answer ${sessionId} ${approvalId}`);
      once(sessionId, id, () => {
        const open = approvalIn(sessionId, approvalId);
        if (open === undefined) throw new Problem('approval-not-found');
        if (open.state !== 'requested') throw new Problem('wrong-state');
        const optionId = 'optionId' in choice ? choice.optionId : choice.outcome === 'allowed' ? 'yes' : 'no';
        if (!open.options?.some((option) => option.optionId === optionId))
          throw fieldProblem('optionId', 'was not offered');
        const outcome = optionId === 'yes' ? 'allowed' : 'denied';
        const { title } = open;
        return { type: 'approval', approvalId, state: 'answered', title, outcome, optionId, by, note };
      });
    },
    async *terminal() {},
    type: async (sessionId, { id, data }) => {
      asked.push(`type ${sessionId} ${id} ${data}`);
    },
    resize: async (sessionId, { cols, rows }) => {
      asked.push(`resize ${sessionId} ${cols}x${rows}`);
    },
    deliver: async ({ sessionId }, { branch }) => {
      asked.push(`deliver ${sessionId}`);
      return {
        state: 'delivered',
        ...(branch === null ? {} : { branch }),
        commit: 'b'.repeat(40),
      };
    },
    release: async (sessionId) => {
      asked.push(`release ${sessionId}`);
    },
    forget: async (sessionId, offset) => {
      asked.push(`forget ${sessionId} ${offset}`);
      const journal = journals.get(sessionId);
      if (journal === undefined) return 'gone';
      const last = journal.batches.at(-1);
      if (last?.exit === undefined || last.offset > offset) return 'kept';
      journals.delete(sessionId);
      return 'dropped';
    },
    capabilities: async () => ({ snapshotProviders: [], isolation: [] }),
    refs: async () => ({ head: null, branches: [], tags: [] }),
    trackedFiles: async () => ({ commit: null, items: [], next: null, total: 0 }),
    forgetRepository: async (url) => {
      asked.push(`forget repository ${url}`);
    },
    usage: async () => ({ bytes: 0, files: 0, isComplete: true }),
    files: {
      changes: async () => [],
      content: async () => {
        throw new Problem('file-not-found');
      },
      diff: async () => [],
      patch: async () => (async function* () {})(),
    },
    look: {
      tree: async () => emptyTree,
      heads: async () => new Map(),
      search: async () => ({ files: [], cutBy: null, skippedLarge: 0 }),
      place: async () => null,
      async archive() {
        throw new Problem('file-not-found');
      },
    },
    close: async () => {},
  };
  return fake;
};

const emptyTree: WorkspaceTree = {
  entries: [],
  facts: async () => new Map(),
  totalBytes: async () => 0,
  breathe: async () => {},
};
