import type { Json } from './open-mock.ts';
import type { Recorder } from './record.ts';

// One story in the order of the contract, and so in one file: each step goes on with what those before it have made.

/** The steps of a walk over every route: what is asked of each, in the order of the contract. */
export type Walk = Readonly<Record<string, (steps: Steps) => Promise<void>>>;

export interface Steps extends Recorder {
  /** What was made on the way, by its name. */
  readonly made: Map<string, string>;
  /** Launches a session that plays a scenario; its id. */
  launch(scenario: string | object, members?: object): Promise<string>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

const repo = { mode: 'git', url: 'https://example.test/shop.git', branch: 'main' };
const unknown = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** Says something, waits, asks for leave, and goes on: what a session needs that is steered. */
const steered = {
  name: 'steered',
  timeline: [
    { llmResponse: [{ assistant: [[0, 'I begin.']] }] },
    { baseTimeDelta: 30_000 },
    { agentPermissionRequest: { toolCall: { title: 'Run the tests', name: 'runCmd' } } },
    { llmResponse: [{ assistant: [[0, 'I am done.']] }] },
  ],
};

export const createSteps = (recorder: Recorder): Steps => {
  const steps: Steps = {
    ...recorder,
    answers: recorder.answers,
    made: new Map(),
    async launch(scenario, members = {}) {
      const agent = { type: 'mock', settings: { scenario } };
      const body = { prompt: 'Do it', repo, agent, ...members };
      return (await recorder.json('POST', '/api/v1/tasks', body)).id;
    },
    async pass(ms) {
      await recorder.send('POST', '/mock/clock', { advanceMs: ms });
    },
  };
  return steps;
};

const etagOf = (text: string): string => /\r\netag: (\S+)/i.exec(text)?.[1] ?? '';

/** What was made under a name; nothing is a defect of the walk. */
const the = ({ made }: Steps, name: string): string => {
  const id = made.get(name);
  if (id === undefined) throw new Error(`the walk has not made a ${name} yet`);
  return id;
};

const session = (steps: Steps, rest = ''): string => `/api/v1/sessions/${the(steps, 'session')}${rest}`;

const webhook = (steps: Steps, rest = ''): string => `/api/v1/webhooks/${the(steps, 'webhook')}${rest}`;

const file = (steps: Steps): string => encodeURIComponent(the(steps, 'file'));

export const walk: Walk = {
  'tasks.create': async (steps) => {
    const { json, send, made, pass } = steps;
    const request = {
      prompt: 'Fix the failing test',
      repo,
      agents: [
        { type: 'mock', count: 2, settings: { scenario: 'fix-failing-test' } },
        { type: 'acp', settings: { command: ['agent'] } },
      ],
      labels: { team: 'shop' },
    };
    const key = { 'idempotency-key': 'walk-1' };
    const launched: Json = await json('POST', '/api/v1/tasks', request, key);
    made.set('task', launched.task_id);
    made.set('session', launched.session_ids[0]);
    made.set('other', launched.session_ids[1]);
    await send('POST', '/api/v1/tasks', request, key);
    await send('POST', '/api/v1/tasks', { ...request, prompt: 'Other' }, key);
    await send('POST', '/api/v1/tasks', { ...request, promt: '' });
    await send('POST', '/api/v1/tasks', '{');
    await send('POST', '/api/v1/tasks', { ...request, repo: { mode: 'git', url: '/missing' } });
    await pass(120_000);
  },
  'tasks.get': async ({ send, made }) => {
    const { text } = await send('GET', `/api/v1/tasks/${made.get('task')}`);
    await send('GET', `/api/v1/tasks/${made.get('task')}`, undefined, { 'if-none-match': etagOf(text) });
    await send('GET', `/api/v1/tasks/${unknown}`);
  },
  'tasks.comparison': async ({ send, made, json, pass }) => {
    await send('GET', `/api/v1/tasks/${made.get('task')}/comparison`);
    const agents = [{ type: 'mock', count: 2, settings: { scenario: 'fix-failing-test' } }];
    const checked = { prompt: 'Fix it', repo, agents, checks: ['npm test', ['sh', '-c', 'npm ci && true']] };
    const { task_id: checkedTask }: Json = await json('POST', '/api/v1/tasks', checked);
    await pass(120_000);
    await send('GET', `/api/v1/tasks/${checkedTask}/comparison`);
    await send('GET', `/api/v1/tasks/${unknown}/comparison`);
  },
  'sessions.list': async ({ json, send }) => {
    const { nextCursor }: Json = await json('GET', '/api/v1/sessions?perPage=2');
    await send('GET', `/api/v1/sessions?perPage=2&cursor=${encodeURIComponent(nextCursor)}`);
    await send(
      'GET',
      '/api/v1/sessions?status=completed,failed&agent=mock&label=team:shop&q=failing&sort=createdAt',
    );
    await send('GET', '/api/v1/sessions?stauts=running');
  },
  'sessions.get': async (steps) => {
    const { text } = await steps.send('GET', session(steps));
    await steps.send('GET', session(steps), undefined, { 'if-none-match': etagOf(text) });
    await steps.send('HEAD', session(steps));
    await steps.send('GET', `/api/v1/sessions/${unknown}`);
  },
  'sessions.info': async (steps) => {
    await steps.send('GET', session(steps, '/info'));
    await steps.send('GET', `/api/v1/sessions/${unknown}/info`);
  },
  'sessions.stop': async ({ send, launch, pass }) => {
    const id = await launch('long-running');
    await pass(1_000);
    await send('POST', `/api/v1/sessions/${id}/stop`);
    await pass(15_000);
    await send('POST', `/api/v1/sessions/${id}/stop`);
  },
  'sessions.pause': async ({ send, made, launch, pass }) => {
    const id = await launch(steered);
    made.set('steered', id);
    await pass(1_000);
    await send('POST', `/api/v1/sessions/${id}/pause`);
    await pass(5_000);
    await send('GET', `/api/v1/sessions/${id}`);
  },
  'sessions.resume': async ({ send, made, pass }) => {
    await send('POST', `/api/v1/sessions/${made.get('steered')}/resume`, { prompt: 'Go on' });
    await send('POST', `/api/v1/sessions/${made.get('steered')}/resume`);
    await pass(1_000);
  },
  'sessions.prompt': async ({ send, made }) => {
    await send('POST', `/api/v1/sessions/${made.get('steered')}/prompt`, { prompt: 'And be quick' });
    await send('POST', `/api/v1/sessions/${made.get('session')}/prompt`, { message: 'Too late' });
  },
  'sessions.delete': async ({ send, launch, pass }) => {
    const id = await launch('long-running');
    await pass(1_000);
    await send('DELETE', `/api/v1/sessions/${id}`);
    await send('DELETE', `/api/v1/sessions/${id}`);
    await send('GET', `/api/v1/sessions/${id}`);
    await send('GET', `/api/v1/sessions/${id}?archived=true`);
  },
  'sessions.events': async (steps) => {
    const { send, stream, launch, pass } = steps;
    const live = await launch('fix-failing-test');
    const opened = await stream(`/api/v1/sessions/${live}/events`);
    const thoughts = await stream(`/api/v1/sessions/${live}/events?type=thought`);
    await pass(120_000);
    const { body } = await opened.whole();
    await thoughts.whole();
    const ids = [...body.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');
    for (const id of [ids[2], ids.at(-1), 'other-7', 'none']) {
      const again = await stream(`/api/v1/sessions/${live}/events`, { 'last-event-id': id ?? '' });
      await again.whole();
    }
    await send('GET', session(steps, '/events?perPage=5'));
    await send('GET', session(steps, '/events?perPage=5&page=2&sort=asc&level=info'));
  },
  'sessions.logs': async (steps) => {
    await steps.send('GET', session(steps, '/logs?tail=3'));
    await steps.send('GET', session(steps, '/logs'), undefined, { accept: 'text/plain' });
  },
  'approvals.list': async ({ json, send, made }) => {
    const { items }: Json = await json('GET', '/api/v1/approvals?state=requested');
    made.set('approval', items[0].id);
    await send('GET', '/api/v1/approvals?state=expired');
  },
  'approvals.ofSession': async ({ send, made }) => {
    await send('GET', `/api/v1/sessions/${made.get('steered')}/approvals`);
  },
  'approvals.answer': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('steered')}/approvals`;
    await send('POST', `${path}/${made.get('approval')}`, { outcome: 'allowed', note: 'Please.' });
    await send('POST', `${path}/${made.get('approval')}`, { outcome: 'denied' });
    await send('POST', `${path}/approval-9`, { outcome: 'denied' });
  },
  'chat.messages': async (steps) => {
    await steps.send('GET', session(steps, '/chat'));
    await steps.send('GET', session(steps, '/chat?limit=2&thoughts=true'));
    await steps.send('GET', session(steps, '/chat?after=msg-0&limit=2'));
  },
  'chat.sendMessage': async (steps) => {
    const { send, json, made, launch, pass } = steps;
    const id = await launch('long-running');
    made.set('talk', id);
    await pass(1_000);
    const file = { type: 'file', file_path: 'notes.md', content: 'Mind the tests.' };
    const path = `/api/v1/sessions/${id}/chat/messages`;
    const sent: Json = await json('POST', path, { content: 'Read this', attachments: [file] });
    made.set('message', sent.id);
    made.set('attachment', sent.attachments[0].id);
    await send('POST', path, { content: 'And this', context_files: ['src/cart.js'] });
    await send('POST', session(steps, '/chat/messages'), { content: 'Too late' });
  },
  'chat.stream': async (steps) => {
    const { send, made } = steps;
    const path = `/api/v1/sessions/${made.get('talk')}/chat/stream`;
    const key = { 'idempotency-key': 'walk-reply' };
    const words = { content: 'How far are you?', stream: true };
    const json = { accept: 'application/json' };
    await send('POST', path, words, { ...key, ...json });
    await send('POST', path, words, { ...key, ...json });
    await send('POST', path, words, { ...json, 'last-event-id': 'e-1' });
    await send('POST', session(steps, '/chat/stream'), { content: 'Too late' });
  },
  'chat.message': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages`;
    await send('GET', `${path}/${made.get('message')}`);
    await send('GET', `${path}/msg-0`);
    await send('GET', `${path}/msg-999`);
  },
  'chat.editMessage': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages`;
    await send('PUT', `${path}/${made.get('message')}`, { content: 'Read this first' });
    await send('PUT', `${path}/msg-999`, { content: 'Nothing' });
  },
  'chat.retryMessage': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages`;
    await send('POST', `${path}/${made.get('message')}/retry`);
  },
  'chat.attachment': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages/${made.get('message')}/attachments`;
    await send('GET', `${path}/${made.get('attachment')}`);
    await send('GET', `${path}/att-none`);
  },
  'chat.addAttachments': async ({ send, json, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages/${made.get('message')}/attachments`;
    const attachments = [{ type: 'file', file_path: 'later.md', content: 'One more thing.' }];
    const { attachments: all }: Json = await json('POST', path, { attachments });
    made.set('later', all.at(-1).id);
    await send('POST', path, { attachments: [] });
  },
  'chat.deleteAttachment': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/messages/${made.get('message')}/attachments`;
    await send('DELETE', `${path}/${made.get('later')}`);
    await send('DELETE', `${path}/${made.get('later')}`);
  },
  'chat.deleteMessage': async ({ send, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat`;
    await send('DELETE', `${path}/messages/${made.get('message')}`);
    await send('DELETE', `${path}/messages/${made.get('message')}`);
    await send('GET', path);
  },
  'chat.createThread': async ({ send, json, made }) => {
    const path = `/api/v1/sessions/${made.get('talk')}/chat/threads`;
    const thread = { title: 'Style', initial_message: { content: 'Two spaces, please' } };
    made.set('thread', (await json('POST', path, thread, { 'idempotency-key': 'walk-thread' })).id);
    await send('POST', path, thread, { 'idempotency-key': 'walk-thread' });
    await send('POST', path, { title: 'Later' });
    await send('POST', path, { title: '' });
  },
  'chat.threads': async ({ send, made }) => {
    await send('GET', `/api/v1/sessions/${made.get('talk')}/chat/threads`);
    await send('GET', `/api/v1/sessions/${made.get('talk')}/chat?thread_id=${made.get('thread')}`);
    await send('GET', `/api/v1/sessions/${made.get('talk')}/chat?thread_id=thread-none`);
  },
  'chat.suggestions': async (steps) => {
    await steps.send('GET', session(steps, '/chat/suggestions'));
  },
  'chat.context': async (steps) => {
    const { text } = await steps.send('GET', session(steps, '/context'));
    steps.made.set('context', etagOf(text));
  },
  'chat.updateContext': async (steps) => {
    const match = { 'if-match': steps.made.get('context') ?? '' };
    await steps.send('PUT', session(steps, '/context'), { disable_tools: ['runCmd'] }, match);
    await steps.send('PUT', session(steps, '/context'), { disable_tools: ['editFile'] }, match);
  },
  'chat.models': async (steps) => {
    await steps.send('GET', session(steps, '/models'));
  },
  'chat.summarize': async (steps) => {
    await steps.send('GET', session(steps, '/summarize'));
  },
  'terminal.pty': async ({ send, stream, launch, made, pass }) => {
    const id = await launch('long-running', {
      agent: { type: 'mock', settings: { scenario: 'long-running', terminal: true } },
    });
    made.set('terminal', id);
    await pass(1_000);
    const shown = await stream(`/api/v1/sessions/${id}/pty`);
    await shown.upTo('"type":"terminal"');
    await send('GET', `/api/v1/sessions/${id}/pty?after=terminal-1`, undefined, {
      accept: 'application/json',
    });
  },
  'terminal.input': async ({ send, stream, made }) => {
    const path = `/api/v1/sessions/${made.get('terminal')}/pty`;
    await send('POST', `${path}/input`, { text: 'size' });
    await send('POST', `${path}/input`, { data: 'DQ==' });
    await (await stream(path)).upTo('"timestamp"');
  },
  'terminal.resize': async ({ send, stream, made }) => {
    const path = `/api/v1/sessions/${made.get('terminal')}/pty`;
    await send('POST', `${path}/resize`, { cols: 100, rows: 30 });
    await send('POST', `${path}/input`, { text: 'exit\r' });
    await (await stream(path)).whole();
    await send('POST', `${path}/input`, { text: 'too late' });
    await send('POST', `/api/v1/sessions/${unknown}/pty/resize`, { cols: 100, rows: 30 });
  },
  'events.list': async ({ send, stream }) => {
    const all = await stream('/api/v1/events');
    await all.upTo('"status":"completed"}\n\n');
    await send('GET', '/api/v1/events?perPage=3');
  },
  'files.list': async (steps) => {
    const { items }: Json = await steps.json('GET', session(steps, '/files'));
    steps.made.set('file', items[0].path);
    await steps.send('GET', session(steps, '/files?perPage=1'));
  },
  'files.get': async (steps) => {
    await steps.send('GET', session(steps, `/files/${file(steps)}`));
    await steps.send('GET', session(steps, '/files/no.such'));
    await steps.send('GET', session(steps, '/files/%2e%2e%2fetc'));
  },
  'files.content': async (steps) => {
    await steps.send('GET', session(steps, `/files/${file(steps)}/content`));
  },
  'files.preview': async (steps) => {
    await steps.send('GET', session(steps, `/files/${file(steps)}/preview`));
    await steps.send('GET', session(steps, `/files/${file(steps)}/preview?max_lines=1&max_bytes=10`));
    await steps.send('GET', session(steps, '/files/no.such/preview'));
  },
  'files.search': async (steps) => {
    await steps.send('GET', session(steps, '/files/search?q=function%5Cs'));
    await steps.send('GET', session(steps, '/files/search?q=(&literal=true&type=js&limit=1'));
    await steps.send('GET', session(steps, '/files/search?q=('));
  },
  'files.diff': async (steps) => {
    await steps.send('GET', session(steps, '/diff'));
    await steps.send('GET', session(steps, '/diff?context=1'));
  },
  'files.fileDiff': async (steps) => {
    await steps.send('GET', session(steps, `/diff/${file(steps)}`));
    await steps.send('GET', session(steps, `/diff/${file(steps)}?format=split`));
    await steps.send('GET', session(steps, `/diff/${file(steps)}?format=html`));
  },
  'files.patch': async (steps) => {
    await steps.send('GET', session(steps, '/patch'));
    await steps.send('GET', session(steps, `/patch?files=${file(steps)}`));
    await steps.send('GET', session(steps, '/patch?files=no.such'));
    await steps.send('GET', `/api/v1/sessions/${unknown}/patch`);
  },
  'workspace.files': async (steps) => {
    await steps.send('GET', session(steps, '/workspace/files'));
    await steps.send('GET', session(steps, '/workspace/files?recursive=true&modified_only=true&perPage=1'));
    await steps.send('GET', session(steps, '/workspace/files?path=no/such'));
  },
  'workspace.info': async (steps) => {
    await steps.send('GET', session(steps, '/workspace/info'));
  },
  'workspace.searchFiles': async (steps) => {
    await steps.send('GET', session(steps, `/workspace/search/files?q=${file(steps)}`));
    await steps.send('GET', session(steps, '/workspace/search/files?q=src&type=directory'));
    await steps.send('GET', session(steps, '/workspace/search/files'));
  },
  'workspace.download': async (steps) => {
    await steps.send('GET', session(steps, '/workspace/download'));
    await steps.send('GET', session(steps, `/workspace/download?path=${file(steps)}`));
    await steps.send('GET', session(steps, '/workspace/download?path=no/such'));
  },
  'workspace.openIde': async (steps) => {
    await steps.send('POST', session(steps, '/open/ide'), { ide: 'vscode' });
    const wish = { ide: 'zed', file: decodeURIComponent(file(steps)), line: 1, ssh_host: 'me@host' };
    await steps.send('POST', session(steps, '/open/ide'), wish, { 'idempotency-key': 'walk-ide' });
    await steps.send('POST', session(steps, '/open/ide'), wish, { 'idempotency-key': 'walk-ide' });
    await steps.send('POST', session(steps, '/open/ide'), { ide: 'vim', file: '../x' });
  },
  'delivery.deliver': async (steps) => {
    const { send, launch, pass } = steps;
    const path = session(steps, '/deliver');
    const key = { 'idempotency-key': 'walk-deliver' };
    const wish = { mode: 'branch', branch: 'walked', message: 'Walk' };
    await send('POST', path, wish, key);
    await send('POST', path, wish, key);
    await send('POST', path, { mode: 'pr', targetBranch: 'main', title: 'Walk' });
    await send('POST', path, { mode: 'pr', targetBranch: 'missing' });
    await send('POST', path, { mode: 'branch', branch: 'main' });
    await send('POST', path, { mode: 'branch', branch: 'moved' });
    await send('POST', path, { mode: 'patch' });
    await send('POST', path, { mode: 'patch', force: true });
    const live = await launch('long-running');
    await send('POST', `/api/v1/sessions/${live}/deliver`);
    await pass(1_000);
    await send('POST', `/api/v1/sessions/${live}/deliver`);
    await send('DELETE', `/api/v1/sessions/${live}`);
  },
  'delivery.get': async (steps) => {
    await steps.send('GET', session(steps, '/delivery'));
    await steps.send('GET', `/api/v1/sessions/${unknown}/delivery`);
  },
  'drafts.list': async ({ send }) => {
    await send('GET', '/api/v1/drafts');
  },
  'drafts.create': async ({ json, made }) => {
    const draft = { prompt: 'Later', repo, agents: [{ type: 'mock', instances: 2 }], labels: { a: 'b' } };
    made.set('draft', (await json('POST', '/api/v1/drafts', draft, { 'idempotency-key': '"walk-2"' })).id);
    await json('POST', '/api/v1/drafts', draft, { 'idempotency-key': 'walk-2' });
  },
  'drafts.get': async ({ send, made }) => {
    const { text } = await send('GET', `/api/v1/drafts/${made.get('draft')}`);
    made.set('etag', etagOf(text));
  },
  'drafts.update': async ({ send, made, pass }) => {
    await pass(1_000);
    const path = `/api/v1/drafts/${made.get('draft')}`;
    await send('PUT', path, { prompt: 'Sooner' }, { 'if-match': made.get('etag') ?? '' });
    await send('PUT', path, { prompt: 'Now' }, { 'if-match': made.get('etag') ?? '' });
    await send('GET', '/api/v1/drafts');
  },
  'drafts.delete': async ({ send, made }) => {
    await send('DELETE', `/api/v1/drafts/${made.get('draft')}`);
    await send('DELETE', `/api/v1/drafts/${made.get('draft')}`);
  },
  'catalogue.agents': async ({ send }) => {
    await send('GET', '/api/v1/agents');
  },
  'catalogue.agentSchema': async ({ send }) => {
    await send('GET', '/api/v1/schemas/agents/mock.json');
    await send('GET', '/api/v1/schemas/agents/none.json');
  },
  'catalogue.runtimes': async ({ send }) => {
    await send('GET', '/api/v1/runtimes');
  },
  'catalogue.executors': async ({ send }) => {
    await send('GET', '/api/v1/executors');
  },
  'catalogue.repos': async ({ json, made }) => {
    made.set('repository', (await json('GET', '/api/v1/repos')).items[0].id);
  },
  'catalogue.repositories': async ({ send }) => {
    await send('GET', '/api/v1/repositories?perPage=1');
  },
  'catalogue.importRepository': async ({ json, send, made }) => {
    const wish = { url: 'https://example.test/imported.git', displayName: 'Imported', projectId: 'walk' };
    const key = { 'idempotency-key': 'walk-3' };
    made.set('imported', (await json('POST', '/api/v1/repositories', wish, key)).id);
    await send('POST', '/api/v1/repositories', wish, key);
    await send('POST', '/api/v1/repositories', { url: 'ext::sh' });
    await send('POST', '/api/v1/repositories', { url: '/missing' });
    await send('GET', '/api/v1/repos?projectId=walk&q=IMPORTED&provider=git');
  },
  'catalogue.repository': async ({ send, made }) => {
    const path = `/api/v1/repositories/${made.get('repository')}`;
    const { text } = await send('GET', path);
    await send('GET', path, undefined, { 'if-none-match': etagOf(text) });
  },
  'catalogue.removeRepository': async ({ send, made }) => {
    await send('DELETE', `/api/v1/repositories/${made.get('imported')}`);
    await send('DELETE', `/api/v1/repositories/${made.get('imported')}`);
  },
  'catalogue.branches': async ({ send, made }) => {
    await send('GET', `/api/v1/repositories/${made.get('repository')}/branches`);
    await send(
      'GET',
      `/api/v1/repositories/${made.get('repository')}/branches?query=MAI&limit=1&refresh=true`,
    );
  },
  'catalogue.repositoryFiles': async ({ json, send, made }) => {
    const path = `/api/v1/repositories/${made.get('repository')}/files`;
    const { nextCursor }: Json = await json('GET', `${path}?perPage=2`);
    await send('GET', `${path}?perPage=2&cursor=${encodeURIComponent(nextCursor)}`);
    await send('GET', `${path}?path=src&q=CART&ref=v1.0.0`);
    await send('GET', `${path}?ref=none`);
  },
  'catalogue.gitRefs': async ({ send }) => {
    const path = `/api/v1/git/refs?url=${encodeURIComponent('https://example.test/shop.git')}`;
    const { text } = await send('GET', path);
    await send('GET', path, undefined, { 'if-none-match': etagOf(text) });
    await send('GET', `${path}&kind=tag&query=v1`);
    await send('GET', '/api/v1/git/refs');
  },
  'catalogue.projects': async ({ send }) => {
    await send('GET', '/api/v1/projects');
  },
  'catalogue.workspaces': async ({ json, send, made }) => {
    const { items }: Json = await json('GET', '/api/v1/workspaces?perPage=2');
    made.set('workspace', items[0].id);
    await send('GET', '/api/v1/workspaces?status=active,pending');
  },
  'catalogue.workspace': async ({ send, made }) => {
    await send('GET', `/api/v1/workspaces/${made.get('workspace')}`);
    await send('GET', `/api/v1/workspaces/ws-${unknown}`);
  },
  'catalogue.workspaceUsage': async ({ send, made }) => {
    await send('GET', `/api/v1/workspaces/${made.get('workspace')}/usage`);
    await send('GET', `/api/v1/workspaces/${made.get('workspace')}`);
  },
  'webhooks.create': async ({ json, send, made, launch, pass }) => {
    const request = {
      url: 'https://hooks.example.test/agents',
      events: ['session.completed', 'session.log'],
    };
    const key = { 'idempotency-key': 'walk-webhook' };
    made.set('webhook', (await json('POST', '/api/v1/webhooks', request, key)).id);
    await send('POST', '/api/v1/webhooks', request, key);
    await send('POST', '/api/v1/webhooks', { ...request, events: ['session.done'] });
    await send('POST', '/api/v1/webhooks', { ...request, url: 'ftp://example.test/' });
    const url = 'https://hooks.example.test/task';
    const id = await launch('quick-edit', { webhooks: [{ event: 'session.*', url }] });
    made.set('told', id);
    await pass(120_000);
  },
  'webhooks.list': async ({ send }) => {
    await send('GET', '/api/v1/webhooks?perPage=1');
    await send('GET', `/api/v1/webhooks?taskId=${unknown}`);
    await send('GET', '/api/v1/webhooks?task=1');
  },
  'webhooks.get': async (steps) => {
    await steps.send('GET', webhook(steps));
    await steps.send('GET', `/api/v1/webhooks/${unknown}`);
  },
  'webhooks.update': async (steps) => {
    await steps.send('PUT', webhook(steps), { description: 'The team', state: 'disabled' });
    await steps.send('PUT', webhook(steps), { state: 'enabled' });
    await steps.send('PUT', webhook(steps), { state: 'off' });
  },
  'webhooks.rotate': async (steps) => {
    await steps.send('POST', webhook(steps, '/rotate'), { keepSeconds: 60 });
    await steps.send('POST', webhook(steps, '/rotate'), { keepSeconds: -1 });
  },
  'webhooks.test': async (steps) => {
    await steps.send('POST', webhook(steps, '/test'));
    await steps.send('POST', `/api/v1/webhooks/${unknown}/test`);
  },
  'webhooks.deliveries': async (steps) => {
    await steps.send('GET', webhook(steps, '/deliveries?state=delivered&perPage=2'));
    await steps.send('GET', webhook(steps, '/deliveries?state=lost'));
  },
  'webhooks.replay': async (steps) => {
    const { made, send, pass } = steps;
    await send('POST', webhook(steps, '/replay'), { sessionId: made.get('told'), after: 2 });
    await send('POST', webhook(steps, '/replay'), { deadLetters: true });
    await send('POST', webhook(steps, '/replay'), { ids: ['msg_none'] });
    await send('POST', webhook(steps, '/replay'), {});
    await pass(1_000);
    await send('GET', webhook(steps, '/deliveries'));
  },
  'webhooks.delete': async (steps) => {
    await steps.send('DELETE', webhook(steps));
    await steps.send('DELETE', webhook(steps));
  },
  'service.healthz': async ({ send }) => {
    await send('GET', '/healthz');
    await send('POST', '/healthz');
  },
  'service.readyz': async ({ send }) => {
    await send('GET', '/readyz');
  },
  'service.version': async ({ send }) => {
    await send('GET', '/version');
  },
  'service.openapi': async ({ send }) => {
    await send('GET', '/api/v1/openapi.json');
    await send('GET', '/api/v1/nothing');
  },
  'service.docs': async ({ send }) => {
    await send('GET', '/api/docs');
    await send('GET', '/api/docs/start.js');
  },
  'service.metrics': async ({ send }) => {
    await send('GET', '/metrics');
    await send('GET', '/metrics?format=json');
  },
  'service.problem': async ({ send }) => {
    await send('GET', '/problems/rate-limited');
    await send('GET', '/problems/none');
  },
  'mock.getClock': async ({ send }) => {
    await send('GET', '/mock/clock');
  },
  'mock.changeClock': async ({ send }) => {
    await send('POST', '/mock/clock', { advanceMs: 60_000, speed: 0.5 });
  },
  'mock.listScenarios': async ({ send }) => {
    await send('GET', '/mock/scenarios');
  },
  'mock.addScenario': async ({ send, launch }) => {
    const yaml = { 'content-type': 'application/yaml' };
    await send('POST', '/mock/scenarios', 'name: mine\ntimeline:\n  - log: Mine.\n', yaml);
    await send('POST', '/mock/scenarios', 'name: mine\ntimeline: [\n', yaml);
    await launch('mine');
  },
  'mock.addFault': async ({ json, send, made }) => {
    const fault = { kind: 'status', status: 500, route: 'catalogue.agents', probability: 0.5 };
    made.set('fault', (await json('POST', '/mock/faults', fault)).id);
    for (let request = 0; request < 6; request++) await send('GET', '/api/v1/agents');
  },
  'mock.listFaults': async ({ send }) => {
    await send('GET', '/mock/faults');
  },
  'mock.removeFault': async ({ send, made }) => {
    await send('DELETE', `/mock/faults/${made.get('fault')}`);
  },
  'mock.clearFaults': async ({ send }) => {
    await send('DELETE', '/mock/faults');
  },
  'mock.injectEvent': async ({ send, launch }) => {
    const id = await launch('long-running');
    await send('POST', `/mock/sessions/${id}/events`, { type: 'usage', input_tokens: 12, output_tokens: 3 });
    await send('GET', `/api/v1/sessions/${id}`);
  },
  'mock.listWebhookRequests': async ({ send }) => {
    await send('GET', '/mock/webhooks');
  },
  'mock.openapi': async ({ send }) => {
    await send('GET', '/mock/openapi.json');
  },
  'mock.reset': async ({ send, launch }) => {
    await send('POST', '/mock/reset', {});
    await send('GET', `/api/v1/sessions/${await launch('quick-edit')}`);
  },
};
