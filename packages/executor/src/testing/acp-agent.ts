/** An agent that speaks the Agent Client Protocol and does what the prompt names. Run as a program by tests. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentContext,
  agent,
  type CreateTerminalRequest,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type RequestPermissionRequest,
  type SessionUpdate,
  type StopReason,
} from '@agentclientprotocol/sdk';

let cwd = '';
let model = 'small';
let mode = 'ask';
let cancel = () => {};
let wasCancelled = false;

const session = 'the-session';
const text = (words: string) => ({ type: 'text', text: words }) as const;

/** What the prompt names; `rest` is what stands behind the name. */
type Part = (
  client: AgentContext,
  say: (update: SessionUpdate) => Promise<void>,
  rest: string,
) => Promise<StopReason>;

let turns = 0;

/** What was said to it, kept where agents keep it. */
const memory = () => join(homedir(), 'memory.txt');
const remembered = (): readonly string[] =>
  existsSync(memory()) ? readFileSync(memory(), 'utf8').split('\n').slice(0, -1) : [];

const select = (id: string, category: string, currentValue: string, values: readonly string[]) => ({
  type: 'select' as const,
  id,
  category,
  name: id,
  currentValue,
  options: values.map((value) => ({ value, name: value.toUpperCase() })),
});
const options = () => [
  select('model', 'model', model, ['small', 'large']),
  select('mode', 'mode', mode, ['ask', 'plan']),
];

/** What it offers, in each way there is to say so. */
const offers: Readonly<Record<string, object>> = {
  none: {},
  options: { configOptions: options() },
  lists: {
    models: {
      currentModelId: model,
      availableModels: [
        { modelId: 'small', name: 'SMALL' },
        { modelId: 'large', name: 'LARGE' },
      ],
    },
    modes: {
      currentModeId: mode,
      availableModes: [
        { id: 'ask', name: 'Ask' },
        { id: 'plan', name: 'Plan' },
      ],
    },
  },
};

const parts: Readonly<Record<string, Part>> = {
  async everything(client, say) {
    process.stderr.write('a note on stderr\n');
    await say({ sessionUpdate: 'agent_thought_chunk', content: text('Let me ') });
    await say({ sessionUpdate: 'agent_thought_chunk', content: text('think.') });
    await say({ sessionUpdate: 'agent_message_chunk', content: text('Hello') });
    await say({ sessionUpdate: 'agent_message_chunk', content: text(' there.') });
    await say({
      sessionUpdate: 'plan',
      entries: [{ content: 'Edit', priority: 'high', status: 'in_progress' }],
    });
    const call = { toolCallId: 'call-1', title: 'Edit a file', kind: 'edit' } as const;
    await say({ sessionUpdate: 'tool_call', ...call, status: 'pending' });
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId: session,
      toolCall: { ...call, rawInput: { path: 'edited.txt' } },
      options: [
        { optionId: 'no', kind: 'reject_once', name: 'No' },
        { optionId: 'always', kind: 'allow_always', name: 'Always' },
        { optionId: 'once', kind: 'allow_once', name: 'Once' },
      ],
    });
    const path = join(cwd, 'edited.txt');
    await say({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'call-1',
      status: 'in_progress',
      content: [{ type: 'diff', path, newText: 'new\n' }],
    });
    writeFileSync(path, 'new\n');
    await say({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'call-1',
      status: 'completed',
      content: [{ type: 'content', content: text(`permission: ${JSON.stringify(outcome)}`) }],
    });
    await client.notify<unknown>('session/update', {
      sessionId: session,
      update: { sessionUpdate: 'from_the_future', secret: 42 },
    });
    await client.notify<unknown>('_vendor/note', { secret: 43 });
    await say({ sessionUpdate: 'current_mode_update', currentModeId: 'plan' });
    await say({ sessionUpdate: 'usage_update', used: 10, size: 100 });
    return 'end_turn';
  },
  async files(client, say) {
    const write = (path: string, content: string) =>
      client.request(methods.client.fs.writeTextFile, { sessionId: session, path, content });
    const read = (path: string) =>
      client.request(methods.client.fs.readTextFile, { sessionId: session, path });
    await write(join(cwd, 'deep/er/file.txt'), 'one\ntwo\nthree\n');
    const part = await client.request(methods.client.fs.readTextFile, {
      sessionId: session,
      path: join(cwd, 'deep/er/file.txt'),
      line: 2,
      limit: 1,
    });
    const attempts = [
      read('/etc/hostname'),
      read(join(cwd, '../run.json')),
      write(join(cwd, '../escaped.txt'), 'x'),
      write('/tmp/escaped-by-test.txt', 'x'),
    ];
    const results = (await Promise.allSettled(attempts)).map(({ status }) => status);
    await say({
      sessionUpdate: 'agent_message_chunk',
      content: text(JSON.stringify({ part: part.content, results })),
    });
    return 'end_turn';
  },
  /** Runs what it is told in terminals of its client, and says what they answer. */
  async run(client, say, rest) {
    const sessionId = session;
    const told: unknown[] = [];
    const wishes: (CreateTerminalRequest & { show?: true; kill?: true; outside?: true })[] = JSON.parse(rest);
    for (const { show, kill, outside, ...wish } of wishes) {
      const request = { ...wish, sessionId, cwd: outside ? join(cwd, '..') : cwd };
      try {
        const opened = await client.createTerminal(request);
        const tool = {
          toolCallId: 'shown',
          title: 'Run',
          content: [{ type: 'terminal', terminalId: opened.id } as const],
        };
        if (show) await say({ sessionUpdate: 'tool_call', ...tool, status: 'in_progress', rawInput: {} });
        if (kill) await opened.kill();
        const exit = await opened.waitForExit();
        const { output, truncated } = await opened.currentOutput();
        if (show) await say({ sessionUpdate: 'tool_call_update', ...tool, status: 'completed' });
        await opened.release();
        const gone = await opened.currentOutput().then(
          () => false,
          () => true,
        );
        told.push({ ...exit, output, truncated, gone });
      } catch {
        told.push('refused');
      }
    }
    await say({ sessionUpdate: 'agent_message_chunk', content: text(JSON.stringify(told)) });
    return 'end_turn';
  },
  async hang(_client, say) {
    await say({ sessionUpdate: 'agent_message_chunk', content: text(`pid ${process.pid}`) });
    await say({ sessionUpdate: 'tool_call', toolCallId: 'h', title: 'Wait', status: 'in_progress' });
    return new Promise((resolve) => {
      cancel = () => resolve('cancelled');
    });
  },
  'hello file'() {
    writeFileSync(join(cwd, 'hello.txt'), 'hello\n');
    return Promise.resolve('end_turn');
  },
  async say(_client, say, rest) {
    turns += 1;
    await say({
      sessionUpdate: 'agent_message_chunk',
      messageId: `${turns}`,
      content: text(`${turns}: ${rest}`),
    });
    return 'end_turn';
  },
  /** Says which model and which mode it is set to, and what that took. */
  async spend(_client, say) {
    const cost = { amount: turns * 0.25, currency: 'USD' };
    turns += 1;
    await say({
      sessionUpdate: 'agent_message_chunk',
      messageId: `${turns}`,
      content: text(`${model} ${mode}`),
    });
    for (const _ of [1, 2]) await say({ sessionUpdate: 'usage_update', used: 10 * turns, size: 1000, cost });
    return 'end_turn';
  },
  /** Works until there is a file of this name. */
  async 'until there is'(_client, say, rest) {
    await say({ sessionUpdate: 'agent_message_chunk', content: text('working') });
    await say({ sessionUpdate: 'tool_call', toolCallId: 'w', title: 'Wait', status: 'in_progress' });
    while (!existsSync(join(cwd, rest))) await new Promise((resolve) => setTimeout(resolve, 5));
    return 'end_turn';
  },
  /** Asks for each permission of the list, all at once, and says the outcomes. */
  async ask(client, say, rest) {
    const wishes: Pick<RequestPermissionRequest, 'toolCall' | 'options'>[] = JSON.parse(rest);
    const outcomes = await Promise.all(
      wishes.map((wish) =>
        client.request(methods.client.session.requestPermission, { sessionId: session, ...wish }),
      ),
    );
    const told = JSON.stringify(outcomes.map(({ outcome }) => outcome));
    writeFileSync(join(cwd, 'outcomes.json'), told);
    await say({ sessionUpdate: 'agent_message_chunk', content: text(told) });
    return wasCancelled ? 'cancelled' : 'end_turn';
  },
  /** Says what was said to it before. */
  async recall(_client, say) {
    const words = remembered().slice(0, -1).join(', ');
    await say({ sessionUpdate: 'agent_message_chunk', content: text(`${model} ${mode}: ${words}`) });
    return 'end_turn';
  },
  /** Breaks down when its turn is over. */
  'break down'() {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);
    return Promise.resolve('end_turn');
  },
  'exit 6 later'() {
    setTimeout(() => process.exit(6), 100);
    return Promise.resolve('end_turn');
  },
  'exit later'() {
    setTimeout(() => process.exit(0), 200);
    return Promise.resolve('end_turn');
  },
  /** Hears neither that its turn is called off nor a signal. */
  async deaf(_client, say) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
    await say({ sessionUpdate: 'agent_message_chunk', content: text(`pid ${process.pid}`) });
    await say({ sessionUpdate: 'tool_call', toolCallId: 'd', title: 'Wait', status: 'in_progress' });
    setInterval(() => {}, 1000);
    return new Promise(() => {});
  },
  /** Remembers that it shall not, and breaks down. */
  'forget it'() {
    setTimeout(() => process.exit(6), 100);
    return Promise.resolve('end_turn');
  },
  refuse: () => Promise.resolve('refusal'),
  'sign in': () => Promise.reject(RequestError.authRequired()),
  'exit 5': () => process.exit(5),
  'exit 0': () => process.exit(0),
  async 'answer and exit'(_client, say) {
    process.nextTick(() => setImmediate(() => setImmediate(() => process.exit(1))));
    await say({ sessionUpdate: 'agent_message_chunk', content: text('done') });
    return 'end_turn';
  },
  async flood(_client, say) {
    for (let n = 0; n < 3000; n++) {
      await say({ sessionUpdate: 'agent_message_chunk', content: text(`${n};`), messageId: `${n % 2}-${n}` });
    }
    return 'end_turn';
  },
  async 'large output'(_client, say) {
    const start = { toolCallId: 'big', title: 'Big', status: 'in_progress', rawInput: { a: 1 } } as const;
    await say({ sessionUpdate: 'tool_call', ...start });
    await say({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'big',
      status: 'failed',
      rawOutput: 'z'.repeat(300_000),
    });
    return 'end_turn';
  },
  async 'stays after its turn'() {
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
    return 'end_turn';
  },
};

const [canLoad, canResume] = ['loads', 'resumes'].map((skill) => process.argv.includes(skill));

const takeUp = (params: { readonly cwd: string; readonly sessionId: string }): void => {
  if (params.sessionId !== session || remembered().includes('forget it'))
    throw RequestError.internalError({ details: 'nothing is kept of it' });
  cwd = params.cwd;
  turns = 100;
};

process.stdout.write('A banner that is no message.\n');

agent({ name: 'test-agent' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentCapabilities: {
      ...(canLoad ? { loadSession: true } : {}),
      ...(canResume ? { sessionCapabilities: { resume: {} } } : {}),
    },
  }))
  .onRequest(methods.agent.session.load, async ({ params, client }) => {
    takeUp(params);
    const say = (words: string) =>
      client.notify(methods.client.session.update, {
        sessionId: session,
        update: { sessionUpdate: 'agent_message_chunk', content: text(words) },
      });
    await say('told again');
    // As one agent does, the rest comes behind the answer.
    setTimeout(() => void say('told late'), 100);
    return offers[process.argv[2] ?? 'none'] ?? {};
  })
  .onRequest(methods.agent.session.resume, ({ params }) => {
    takeUp(params);
    return {};
  })
  .onRequest(methods.agent.session.new, ({ params }) => {
    cwd = params.cwd;
    return { sessionId: session, ...offers[process.argv[2] ?? 'none'] };
  })
  .onRequest(methods.agent.session.setConfigOption, ({ params }) => {
    if (params.configId === 'model') model = String(params.value);
    else mode = String(params.value);
    return { configOptions: options() };
  })
  .onRequest(methods.agent.session.setMode, ({ params }) => {
    mode = params.modeId;
    return {};
  })
  .onRequest(
    'session/set_model',
    (value: unknown) => value,
    ({ params }) => {
      model = JSON.parse(JSON.stringify(params)).modelId;
      return {};
    },
  )
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [first] = params.prompt;
    const words = first?.type === 'text' ? first.text : '';
    const found = Object.entries(parts).find(([name]) => words === name || words.startsWith(`${name} `));
    if (found === undefined) throw RequestError.invalidParams();
    appendFileSync(memory(), `${words}\n`);
    const [name, part] = found;
    const say = (update: SessionUpdate) =>
      client.notify(methods.client.session.update, { sessionId: session, update });
    const stopReason = await part(client, say, words.slice(name.length + 1));
    const usage = { inputTokens: 3, outputTokens: 4, cachedReadTokens: 5, totalTokens: 12 };
    return { stopReason, ...(name === 'spend' ? { usage } : {}) };
  })
  .onNotification(methods.agent.session.cancel, () => {
    wasCancelled = true;
    cancel();
  })
  .connect(
    ndJsonStream(
      new WritableStream<Uint8Array>({
        write: (bytes) => new Promise((resolve) => process.stdout.write(bytes, () => resolve())),
      }),
      new ReadableStream<Uint8Array>({
        start(controller) {
          process.stdin.on('data', (bytes: Buffer) => controller.enqueue(bytes));
          process.stdin.on('end', () => controller.close());
        },
      }),
    ),
  );
