import type { AgentExit, Executor, JournalBatch, NewEvent } from '@agent-harbor/core';
import { Problem, promptText } from '@agent-harbor/core';

/** An executor whose agents say what a test makes them say. */
export interface ScriptedAgents extends Executor {
  say(sessionId: string, ...bodies: NewEvent['body'][]): void;
  exit(sessionId: string, exit?: AgentExit): void;
  /** Files a workspace has, by path. */
  readonly contents: Map<string, string>;
}

interface Journal {
  /** The ids of the prompts and answers in it. */
  readonly commands: Set<string>;
  readonly batches: JournalBatch[];
  readonly waiting: Set<() => void>;
}

const endOfTurn: AgentExit = { kind: 'turn-ended', stopReason: 'end_turn' };

export const createScriptedAgents = (now: () => number): ScriptedAgents => {
  const journals = new Map<string, Journal>();
  const contents = new Map<string, string>();
  const journalOf = (sessionId: string): Journal => {
    const journal = journals.get(sessionId) ?? { commands: new Set(), batches: [], waiting: new Set() };
    journals.set(sessionId, journal);
    return journal;
  };
  const push = (sessionId: string, events: readonly NewEvent[], exit?: AgentExit) => {
    const { batches, waiting } = journalOf(sessionId);
    if (batches.at(-1)?.exit !== undefined) return;
    batches.push({
      events,
      offset: (batches.at(-1)?.offset ?? 0) + 1,
      ...(exit === undefined ? {} : { exit }),
    });
    for (const wake of [...waiting]) wake();
  };
  const once = (sessionId: string, id: string, body: () => NewEvent['body']) => {
    const { commands } = journalOf(sessionId);
    if (commands.has(id)) return;
    push(sessionId, [{ at: now(), body: body() }]);
    commands.add(id);
  };
  return {
    id: 'scripted',
    contents,
    say: (sessionId, ...bodies) =>
      push(
        sessionId,
        bodies.map((body) => ({ at: now(), body })),
      ),
    exit: (sessionId, exit = endOfTurn) => push(sessionId, [], exit),
    describe: async () => ({
      id: 'scripted',
      os: 'test',
      arch: 'test',
      health: 'ok',
      processTracking: 'simulated',
      pause: 'simulated',
      terminal: 'simulated',
    }),
    agents: async () => [
      {
        type: 'mock',
        displayName: 'Mock',
        description: 'Says what a test makes it say.',
        versions: ['1'],
        settingsSchemaRef: '/api/v1/schemas/agents/mock.json',
      },
    ],
    settingsSchema: () => ({ type: 'object' }),
    runtimes: () => [{ type: 'local', description: 'This process', sandboxProfiles: [] }],
    check: async () => {},
    provision: async ({ sessionId }) => ({
      path: `/workspaces/${sessionId}`,
      baseCommit: null,
      branch: null,
    }),
    start: async () => {},
    async *journal(sessionId, after, signal) {
      const journal = journalOf(sessionId);
      for (let offset = after; signal?.aborted !== true; ) {
        const due = journal.batches.find((batch) => batch.offset > offset);
        if (due !== undefined) {
          offset = due.offset;
          yield due;
          if (due.exit !== undefined) return;
          continue;
        }
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
    stop: async (sessionId) => push(sessionId, [], { kind: 'ended-by-us' }),
    kill: async (sessionId) => push(sessionId, [], { kind: 'ended-by-us' }),
    pause: async () => {},
    resume: async () => {},
    prompt: async (sessionId, { id, prompt, author }) =>
      once(sessionId, id, () => ({ type: 'user_input', author, content: promptText(prompt) })),
    answer: async (sessionId, { id, approvalId, choice, by, note }) =>
      once(sessionId, id, () => {
        const asked = journalOf(sessionId)
          .batches.flatMap(({ events }) => events.map(({ body }) => body))
          .filter((body) => body.type === 'approval')
          .findLast((body) => body.approvalId === approvalId);
        if (asked?.state !== 'requested') throw new Problem('wrong-state');
        const outcome = 'outcome' in choice ? choice.outcome : 'allowed';
        return { type: 'approval', approvalId, state: 'answered', title: asked.title, outcome, by, note };
      }),
    async *terminal() {},
    type: async () => {},
    resize: async () => {},
    deliver: async () => ({ state: 'nothing-to-deliver' }),
    release: async () => {},
    forget: async () => 'gone',
    look: {
      tree: async () => ({
        entries: [],
        facts: async () => new Map(),
        totalBytes: async () => 0,
        breathe: async () => {},
      }),
      heads: async () => new Map(),
      search: async () => ({ files: [], cutBy: null, skippedLarge: 0 }),
      place: async () => null,
      async archive() {
        throw new Problem('file-not-found');
      },
    },
    capabilities: async () => ({ snapshotProviders: [], isolation: [] }),
    refs: async () => ({ head: null, branches: [], tags: [] }),
    trackedFiles: async () => ({ commit: null, items: [], next: null, total: 0 }),
    forgetRepository: async () => {},
    usage: async () => ({ bytes: 0, files: 0, isComplete: true }),
    files: {
      changes: async () => [],
      content: async (_sessionId, path) => {
        const content = contents.get(path);
        if (content === undefined) throw new Problem('file-not-found');
        return {
          path,
          content,
          encoding: 'utf-8',
          size_bytes: content.length,
          last_modified: null,
          is_modified: false,
        };
      },
      patch: async () => (async function* () {})(),
      diff: async () => [],
    },
    close: async () => {},
  };
};
