import { Comparison, LaunchedTask, RuntimeList, Task } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check } from './bench.ts';
import { sessionOf } from './session-of.ts';

/** Everything a shell, a terminal, a parser or a database could trip over. */
const awkwardText =
  '-rf "quoted" \'single\' $(touch x) `id`; \\ \n{prompt} %s \\n \t \u2028 \u202e ünï 日本 👩‍🚀 \u{10ffff} \u0001';

export const launching = [
  check('a launch tells what it made', 'ids, status and links; id is the first session', async (bench) => {
    const answer = await bench.post('/api/v1/tasks', bench.task());
    hasStatus(answer, 201, 'the launch');
    const task = bodyOf(LaunchedTask, answer, 'the launch');
    for (const id of task.session_ids) bench.discard(`/api/v1/sessions/${id}`);
    same(task.session_ids, [task.id], 'session_ids');
    holds(['queued', 'provisioning', 'running'].includes(task.status), `a new session is ${task.status}`);
    same(
      task.links,
      {
        self: `/api/v1/sessions/${task.id}`,
        task: `/api/v1/tasks/${task.task_id}`,
        events: `/api/v1/sessions/${task.id}/events`,
        logs: `/api/v1/sessions/${task.id}/logs`,
      },
      'links',
    );
  }),

  check(
    'agents × count sessions are made',
    'in the order of the agents; instances means count',
    async (bench) => {
      const agent = bench.agent('waits');
      const agents = [
        { ...agent, displayName: 'one', count: 2 },
        { ...agent, displayName: 'two', instances: 2 },
        { ...agent, displayName: 'three' },
      ];
      const task = await bench.launch({ agents });
      same(new Set(task.session_ids).size, 5, 'distinct sessions');
      const sessions = await Promise.all(task.session_ids.map((id) => sessionOf(bench, id)));
      same(
        sessions.map((session) => session.agent.displayName),
        ['one', 'one', 'two', 'two', 'three'],
        'the agents of the sessions',
      );
    },
  ),

  check('the older single agent is taken', '`agent` means a list of one', async (bench) => {
    const { session_ids } = await bench.launch({ agent: bench.agent('waits') });
    same(session_ids.length, 1, 'sessions');
  }),

  check('a task has its sessions', 'the request, and every session in order', async (bench) => {
    const launched = await bench.launch({
      agents: [{ ...bench.agent('waits'), count: 2 }],
      labels: { of: 'the task' },
    });
    const task = bodyOf(Task, await bench.get(launched.links.task), 'the task');
    same([task.id, task.prompt, task.labels.of], [launched.task_id, 'Do it', 'the task'], 'the request');
    same(
      task.sessions.map(({ id, taskId }) => [id, taskId]),
      launched.session_ids.map((id) => [id, launched.task_id]),
      'its sessions',
    );
  }),

  check(
    'the sessions of a task are compared',
    'the best first, with its checks; who completed and passed them all wins',
    async (bench) => {
      const ids = await bench.kept('compared', async () => ({
        agents: [{ ...bench.agent('edits'), count: 2 }],
        checks: ['git --version', ['git', 'no such command']],
      }));
      const { taskId } = await sessionOf(bench, ids[0] ?? '');
      const answer = await bench.get(`/api/v1/tasks/${taskId}/comparison`);
      hasStatus(answer, 200, 'the comparison');
      const { sessions, ...told } = bodyOf(Comparison, answer, 'the comparison');
      same([told.taskId, told.checks.length], [taskId, 2], 'the task');
      same(told.checks[0], 'git --version', 'the first check');
      same(sessions.map(({ sessionId }) => sessionId).sort(), [...ids].sort(), 'its sessions');
      for (const [index, { rank, status, checks: run, changes }] of sessions.entries()) {
        same([rank, status, run[0]?.state], [index + 1, 'completed', 'passed'], 'a session');
        holds(changes.files_changed > 0, 'a session that changed nothing');
      }
      const best = sessions.every(({ checks: run }) => run.some(({ state }) => state !== 'passed'))
        ? null
        : sessions[0]?.sessionId;
      same(told.winner, best, 'the winner');
      const none = await bench.get('/api/v1/tasks/01JZZZZZZZZZZZZZZZZZZZZZZZ/comparison');
      isProblem(none, 'task-not-found', 'an unknown task');
    },
  ),

  check('a session is told whole', 'what was asked for stands in it, flat and in its task', async (bench) => {
    const agent = { ...bench.agent('waits'), displayName: 'An agent', model: 'm-1' };
    const launched = await bench.launch({
      prompt: 'Say it whole',
      agents: [agent],
      labels: { a: 'b:c' },
      projectId: 'p-1',
    });
    const session = await sessionOf(bench, launched.id);
    same([session.id, session.taskId], [launched.id, launched.task_id], 'ids');
    same([session.prompt, session.task.prompt], ['Say it whole', 'Say it whole'], 'prompt');
    same([session.labels.a, session.task.labels.a], ['b:c', 'b:c'], 'labels');
    const { displayName, model, type, settings } = session.agent;
    same(
      { displayName, model, type, settings },
      { displayName: 'An agent', model: 'm-1', type: agent.type, settings: agent.settings ?? {} },
      'agent',
    );
    same([session.projectId, session.repo.mode], ['p-1', 'none'], 'project and repository');
    same(session.links.self, launched.links.self, 'its link');
  }),

  check('content blocks are a prompt', 'its text is the prompt, the rest is attached', async (bench) => {
    const { id } = await bench.launch({
      prompt: [
        { type: 'text', text: 'Read this' },
        { type: 'resource_link', uri: 'file:///tmp/notes.md', name: 'notes.md', _meta: { any: ['thing'] } },
      ],
    });
    const { prompt, task } = await sessionOf(bench, id);
    holds(prompt.includes('Read this'), `the prompt is ${prompt}`);
    same(task.attachments.length, 1, 'attachments');
  }),

  check('text comes back as it was sent', 'whatever is in it but NUL', async (bench) => {
    const { id } = await bench.launch({ prompt: awkwardText });
    same((await sessionOf(bench, id)).prompt, awkwardText, 'the prompt');
  }),

  check('free maps are free', 'labels keep whatever names and values they have', async (bench) => {
    const labels = {
      'a b': '',
      'ünï"': '$(x)\n',
      constructor: 'x:y',
      'team/kind.of-thing': 'ä',
      '': 'empty',
    };
    const { id } = await bench.launch({ labels });
    const session = await sessionOf(bench, id);
    for (const [key, value] of Object.entries(labels)) {
      same(member(session.labels, key), value, `the label ${JSON.stringify(key)}`);
    }
  }),

  check('a host says what it has', 'what it lacks is a 400 that lists the others', async (bench) => {
    const { items } = bodyOf(RuntimeList, await bench.get('/api/v1/runtimes'), 'the runtimes');
    const wrong = await bench.post('/api/v1/tasks', bench.task({ runtime: { type: 'mainframe' } }));
    hasStatus(wrong, 400, 'an unknown runtime');
    isProblem(wrong, String(member(jsonOf(wrong), 'code')), 'an unknown runtime');
    for (const { type } of items) holds(wrong.text.includes(type), `${type} is not offered: ${wrong.text}`);
  }),

  check('ids say what they are', 'sessions and tasks are ULIDs, drafts begin with draft-', async (bench) => {
    const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
    const answer = await bench.post('/api/v1/tasks', bench.task());
    const { id, task_id } = Object(jsonOf(answer));
    bench.discard(`/api/v1/sessions/${id}`);
    for (const each of [id, task_id]) holds(ulid.test(String(each)), `${each} is no ULID`);
    const draft = await bench.get(await bench.draft());
    const draftId = String(member(jsonOf(draft), 'id'));
    holds(draftId.startsWith('draft-') && ulid.test(draftId.slice(6)), `the id of a draft is ${draftId}`);
  }),

  check('times are UTC with milliseconds', 'everywhere the same form', async (bench) => {
    const id = await bench.ended();
    const session = await bench.get(`/api/v1/sessions/${id}`);
    const events = await bench.get(`/api/v1/sessions/${id}/events?perPage=5`);
    const draft = await bench.get(await bench.draft());
    for (const [name, pattern, { text }] of [
      ['a session', /"(?:created|updated|started|ended|completed)At":("[^"]*")/g, session],
      ['an event', /"ts":("[^"]*")/g, events],
      ['a draft', /"(?:created|updated)At":("[^"]*")/g, draft],
    ] as const) {
      const times = [...text.matchAll(pattern)].map(([, time]) => String(time));
      holds(times.length >= 2, `${name} has ${times.length} times`);
      for (const time of times) {
        holds(/^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/.test(time), `a time of ${name} is ${time}`);
      }
    }
  }),
];
