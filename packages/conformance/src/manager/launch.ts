import { Ulid } from '@agent-harbor/api-contract/schemas';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { check } from './bench.ts';

/** Everything a shell, a terminal or a parser could trip over. */
const awkwardPrompt = '-rf "quoted" \'single\' $(touch pwned) `id`;\n{prompt} %s \\n\t\u2028 ünï 🚢 --';

const requireUlid = (id: string, what: string) =>
  holds(Ulid.safeParse(id).success, `${what}: expected a ULID, got ${id}`);

export const launch = [
  check(
    'launch makes one session',
    'a launched task has one queued session that can be read',
    async (bench) => {
      const task = await bench.launch();
      same(task.session_ids, [task.id], 'session_ids');
      same(task.status, 'queued', 'status');
      requireUlid(task.id, 'id');
      requireUlid(task.task_id, 'task_id');
      const session = await bench.manager.getSession(task.id);
      same(session.id, task.id, 'the session');
      same(session.taskId, task.task_id, 'its task');
    },
  ),

  check('launch accepts the older single agent', '`agent` means a list of one', async (bench) => {
    const task = await bench.launch({ agent: bench.agent('waits') });
    same(task.session_ids.length, 1, 'sessions');
  }),

  check(
    'launch makes agents × count sessions',
    'every agent gets as many sessions as asked',
    async (bench) => {
      const one = { ...bench.agent('waits'), displayName: 'one', count: 2 };
      const two = { ...bench.agent('waits'), displayName: 'two', instances: 1 };
      const task = await bench.launch({ agents: [one, two] });
      same(new Set(task.session_ids).size, 3, 'distinct sessions');
      same(task.session_ids[0], task.id, 'id is the first session');
      const { sessions } = await bench.manager.getTask(task.task_id);
      same(
        task.session_ids.map((id) => sessions.find((session) => session.id === id)?.agent.displayName),
        ['one', 'one', 'two'],
        'agents',
      );
    },
  ),

  check(
    'launch keeps what was asked',
    'prompt, labels, agent and project come back as they were',
    async (bench) => {
      const agents = await bench.settle(bench.catalogue.agents());
      const version = agents.find(({ type }) => type === bench.agent('waits').type)?.versions[0];
      const agent = { ...bench.agent('waits'), model: 'm-1', version, displayName: 'An agent' };
      const labels = { team: 'a:b', ' ': '', 'ünï"': '$(x)\n' };
      const { id } = await bench.launch({ prompt: awkwardPrompt, agents: [agent], labels, projectId: 'p-1' });
      const session = await bench.manager.getSession(id);
      same(session.prompt, awkwardPrompt, 'prompt');
      same(session.task.prompt, awkwardPrompt, 'task.prompt');
      same(session.labels, labels, 'labels');
      same(session.projectId, 'p-1', 'projectId');
      const { count: _count, instances: _instances, ...asked } = agent;
      same(session.agent, { ...asked, settings: asked.settings ?? {} }, 'agent');
    },
  ),

  check('launch names the repository', 'the session says where the work starts', async (bench) => {
    const { id } = await bench.launch();
    const session = await bench.manager.getSession(id);
    same(session.repo.mode, bench.repo.mode, 'repo.mode');
    holds(session.repo.url !== undefined, 'repo.url is missing');
    same(session.runtime, { type: 'local' }, 'runtime');
  }),

  check(
    'launch reads content blocks',
    'the prompt of a session is plain text whatever was sent',
    async (bench) => {
      const { id } = await bench.launch({
        prompt: [
          { type: 'text', text: 'Read this' },
          { type: 'resource_link', uri: 'file:///tmp/notes.md', name: 'notes.md' },
        ],
        agents: [bench.agent('waits')],
      });
      const session = await bench.manager.getSession(id);
      holds(session.prompt.includes('Read this'), `the text is missing in ${session.prompt}`);
      same(session.task.attachments.length, 1, 'attachments');
    },
  ),

  check('launch makes all sessions or none', 'one agent that is refused refuses the task', async (bench) => {
    const labels = { check: 'all-or-none' };
    const wrong = { ...bench.agent('waits'), count: 33 };
    await rejectsWith(
      'invalid-request',
      bench.launch({ agents: [bench.agent('waits'), wrong], labels }),
      'launch',
    );
    const { total } = await bench.manager.listSessions({ label: 'check:all-or-none' });
    same(total, 0, 'sessions of the refused task');
  }),

  check(
    'launch delivers each session to a branch of its own',
    'a wished branch is numbered',
    async (bench) => {
      const delivery = { mode: 'branch', targetBranch: 'wished' } as const;
      const task = await bench.launch({ agents: [{ ...bench.agent('waits'), count: 3 }], delivery });
      const { sessions } = await bench.manager.getTask(task.task_id);
      const branches = sessions.map((session) => session.delivery.targetBranch);
      same(new Set(branches).size, 3, 'distinct branches');
      holds(branches.includes('wished'), `none is the wished one: ${branches.join(', ')}`);
    },
  ),

  check(
    'launch without a wished branch makes one',
    'the delivered branch is known from the start',
    async (bench) => {
      const { id } = await bench.launch();
      const { delivery } = await bench.manager.getSession(id);
      same(delivery.mode, 'branch', 'mode');
      holds(present(delivery.targetBranch, 'targetBranch') !== '', 'targetBranch is empty');
    },
  ),

  check('a task has its sessions', 'getTask gives the request and every session in order', async (bench) => {
    const task = await bench.launch({ agents: [{ ...bench.agent('waits'), count: 2 }], labels: { a: 'b' } });
    const found = await bench.manager.getTask(task.task_id);
    same(found.id, task.task_id, 'id');
    same(found.prompt, 'Do it', 'prompt');
    same(found.labels, { a: 'b' }, 'labels');
    same(
      found.sessions.map((session) => session.id),
      task.session_ids,
      'sessions',
    );
  }),
];
