import {
  AttachmentContent,
  ChatHistory,
  ChatMessage,
  CreatedThread,
  MessageAttachments,
  ModelList,
  ReplyFrame,
  ReplyPage,
  Session,
  SessionContext,
  SessionSummary,
  Suggestions,
  ThreadList,
} from '@agent-harbor/api-contract/schemas';
import { holds, present, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { readEvents } from './events.ts';
import { reach, until } from './steering.ts';

const pathOf = (id: string, rest = ''): string => `/api/v1/sessions/${id}/chat${rest}`;

/** A running session whose agent waits. */
const running = async (bench: WireBench): Promise<string> => {
  const { id } = await bench.launch();
  await reach(bench, id, 'running');
  return id;
};
const historyOf = async (bench: WireBench, id: string, query = ''): Promise<ChatHistory> =>
  bodyOf(ChatHistory, await bench.get(pathOf(id, query)), `the chat ${query}`);

export const chat = [
  check(
    'what was said is walked in stretches',
    'the newest first, back to the prompt and on again',
    async (bench) => {
      const id = await bench.ended();
      const whole = await historyOf(bench, id, '?limit=200');
      same(whole.messages[0]?.id, 'msg-0', 'the first message');
      same(whole.total, whole.messages.length, 'the total');
      same([whole.before, whole.after], [null, null], 'what is older and newer');
      const last = await historyOf(bench, id, '?limit=2');
      same(last.messages, whole.messages.slice(-2), 'the last two');
      same(last.before, last.messages[0]?.id, 'where older ones are');
      const older = await historyOf(bench, id, `?limit=2&before=${last.before}`);
      same(older.messages, whole.messages.slice(-4, -2), 'the two before them');
      const next = await historyOf(bench, id, '?limit=1&after=msg-0');
      same(next.messages, whole.messages.slice(1, 2), 'the one after the prompt');
      const said = whole.messages.every(({ thought }) => thought === undefined);
      const thinking = await historyOf(bench, id, '?limit=200&thoughts=true');
      const thoughts = thinking.messages.filter(({ thought }) => thought !== undefined).length;
      same([said, thinking.messages.length], [true, whole.messages.length + thoughts], 'thoughts');
      same(thoughts > 0, true, 'that it thought');
    },
  ),

  check('a message is sent once, with what is attached', '201; it can be read again', async (bench) => {
    const id = await running(bench);
    const body = {
      content: 'Read this',
      attachments: [{ type: 'file', file_path: 'notes.md', content: 'Mind the tests.' }],
    };
    const key = { 'idempotency-key': `chat-${id}` };
    const first = await bench.post(pathOf(id, '/messages'), body, key);
    hasStatus(first, 201, 'the message');
    const message = bodyOf(ChatMessage, first, 'the message');
    same([message.role, message.content], ['user', 'Read this'], 'the message');
    const again = await bench.post(pathOf(id, '/messages'), body, key);
    same([again.status, again.text], [201, first.text], 'the replay');
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
    const own = (await historyOf(bench, id)).messages.filter(({ content }) => content === 'Read this');
    same(own, [message], 'what is told of it');
    const path = pathOf(id, `/messages/${message.id}`);
    same(bodyOf(ChatMessage, await bench.get(path), 'it alone'), message, 'it alone');
    const attachment = present(message.attachments[0], 'an attachment');
    const content = await bench.get(`${path}/attachments/${attachment.id}`);
    same(bodyOf(AttachmentContent, content, 'the attachment').content, 'Mind the tests.', 'its content');
  }),

  check('a message is read strictly', '400 that names the member, 413 beyond the bounds', async (bench) => {
    const id = await running(bench);
    const file = { type: 'file', file_path: 'a.md', content: 'a' };
    for (const [body, field] of [
      [{}, 'content'],
      [{ content: 'x', atachments: [] }, 'atachments'],
      [{ content: 'x', context_files: ['../../etc/passwd'] }, 'context_files.0'],
      [{ content: 'x', attachments: [{ ...file, file_path: '/etc/passwd' }] }, 'attachments.0.file_path'],
      [
        { content: 'x', attachments: [{ type: 'image', data_url: 'data:image/png;base64,AAAA' }] },
        'attachments.0.data_url',
      ],
    ] as const) {
      const what = JSON.stringify(body);
      names(isProblem(await bench.post(pathOf(id, '/messages'), body), 'invalid-request', what), field, what);
    }
    for (const body of [
      { content: 'ü'.repeat(8_193) },
      { content: 'x', attachments: [{ ...file, content: 'ü'.repeat(33_000) }] },
    ]) {
      isProblem(await bench.post(pathOf(id, '/messages'), body), 'payload-too-large', 'too much');
    }
    for (const query of ['limit=0', 'limit=201', 'thoughts=yes', 'page=1'])
      isProblem(await bench.get(pathOf(id, `?${query}`)), 'invalid-request', query);
  }),

  check('talking to what is not there is a problem', '404, and 410 after the end', async (bench) => {
    const id = await bench.ended();
    const words = { content: 'x' };
    const unknown = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
    isProblem(await bench.get(pathOf(unknown)), 'session-not-found', 'the chat of nobody');
    isProblem(
      await bench.post(pathOf(unknown, '/messages'), words),
      'session-not-found',
      'a message to nobody',
    );
    isProblem(await bench.post(pathOf(id, '/messages'), words), 'session-ended', 'a message after the end');
    isProblem(await bench.get(pathOf(id, '/messages/msg-99999')), 'message-not-found', 'an unknown message');
    const attachment = await bench.get(pathOf(id, '/messages/msg-0/attachments/att-1'));
    isProblem(attachment, 'attachment-not-found', 'an unknown attachment');
  }),

  check('a stranger talks to nobody', '401 before anything is read, and nothing is said', async (bench) => {
    const id = await running(bench);
    const stranger = { authorization: null };
    isProblem(await bench.get(pathOf(id), stranger), 'unauthorized', 'the chat');
    const long = { content: 'x'.repeat(20_000) };
    isProblem(await bench.post(pathOf(id, '/messages'), long, stranger), 'unauthorized', 'a message');
    const users = (await historyOf(bench, id)).messages.filter(({ role }) => role === 'user');
    same(users.length, 1, 'what users said');
  }),

  check(
    'a message is edited, said again and deleted',
    'in the history; the agent remembers',
    async (bench) => {
      const id = await running(bench);
      const words = { content: 'one', attachments: [{ type: 'file', file_path: 'a.md', content: 'a' }] };
      const sent = bodyOf(ChatMessage, await bench.post(pathOf(id, '/messages'), words), 'the message');
      const path = pathOf(id, `/messages/${sent.id}`);
      const edited = await bench.put(path, { content: 'two' });
      hasStatus(edited, 200, 'the edit');
      const message = bodyOf(ChatMessage, edited, 'the edited message');
      same([message.content, message.agent_memory], ['two', 'unchanged'], 'what is said of it');
      same(bodyOf(ChatMessage, await bench.get(path), 'it alone'), message, 'it alone');
      names(
        isProblem(await bench.put(path, { words: 'x' }), 'invalid-request', 'an edit'),
        'content',
        'an edit',
      );
      const key = { 'idempotency-key': `retry-${id}` };
      const retry = () => bench.send({ method: 'POST', path: `${path}/retry`, headers: key });
      const first = await retry();
      hasStatus(first, 200, 'the message again');
      const again = bodyOf(ChatMessage, first, 'the message again');
      same([again.content, again.retry_of], ['two', sent.id], 'what is said again');
      same((await retry()).text, first.text, 'the replay');
      hasStatus(await bench.remove(path), 204, 'the deletion');
      hasStatus(await bench.remove(path), 204, 'a second one');
      const gone = bodyOf(ChatMessage, await bench.get(path), 'what is left');
      same([gone.content, gone.attachments, gone.agent_memory], ['', [], 'unchanged'], 'what is left');
      isProblem(
        await bench.get(`${path}/attachments/${sent.attachments[0]?.id}`),
        'attachment-not-found',
        'what was attached',
      );
      isProblem(await bench.put(path, { content: 'x' }), 'message-not-found', 'an edit of what was deleted');
    },
  ),

  check(
    'the reply to a message is a stream of its own',
    'frames with names, each once; the same key sends nothing again and goes on',
    async (bench) => {
      const members = { agents: [bench.agent('edits')], interactive: true, idleTimeoutSeconds: 86_400 };
      const { id } = await bench.launch(members);
      await until(bench, id, { type: 'status', reason: 'idle' });
      const path = pathOf(id, '/stream');
      const key = { 'idempotency-key': `reply-${id}` };
      const ask = (headers: Record<string, string>, body: object = { content: 'And now?' }) =>
        bench.post(path, body, { accept: 'text/event-stream', ...headers });
      const first = await ask(key);
      hasStatus(first, 200, 'the reply');
      const { messages } = readEvents(first.text);
      const frames = messages.map(({ data }) => ReplyFrame.parse(JSON.parse(data)));
      same(
        messages.map(({ event }) => event),
        frames.map(({ type }) => type),
        'the names of the frames',
      );
      const [start, ...rest] = frames;
      const end = rest.at(-1);
      holds(start?.type === 'message_start', `the first frame is ${start?.type}`);
      holds(end?.type === 'message_complete', `the last frame is ${end?.type}`);
      const said = frames.flatMap((frame) => (frame.type === 'content_delta' ? frame.delta : []));
      same(end.final_content, said.join(''), 'what the agent said');
      same(new Set(messages.map((message) => message.id)).size, messages.length, 'distinct ids');
      const again = await ask(key);
      same(readEvents(again.text).messages, messages, 'the same again');
      same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
      const place = { 'last-event-id': messages[0]?.id ?? '' };
      const further = await ask({ ...key, ...place });
      same(readEvents(further.text).messages, messages.slice(1), 'what comes after the first frame');
      const over = await ask({ ...key, 'last-event-id': messages.at(-1)?.id ?? '' });
      hasStatus(over, 204, 'the reconnect');
      const page = bodyOf(ReplyPage, await ask({ ...key, accept: 'application/json' }), 'the page');
      same([page.items, page.complete], [frames, true], 'the page');
      isProblem(await ask(place), 'invalid-request', 'going on without a key');
      isProblem(
        await ask({ ...place, 'idempotency-key': `other-${id}` }),
        'invalid-request',
        'with another key',
      );
      isProblem(await ask(key, { content: 'Other' }), 'idempotency-key-reused', 'other words');
      names(isProblem(await ask({}, { contents: '' }), 'invalid-request', 'no words'), 'content', 'no words');
      const users = (await historyOf(bench, id)).messages.filter(({ role }) => role === 'user');
      same(users.length, 2, 'what users said');
      const stranger = await bench.post(path, { content: 'x' }, { authorization: null });
      isProblem(stranger, 'unauthorized', 'a stranger');
    },
  ),

  check('messages are put in threads', '201 once for a key; each thread tells its own', async (bench) => {
    const id = await running(bench);
    const path = pathOf(id, '/threads');
    const body = { title: 'Style', initial_message: { content: 'in it' } };
    const key = { 'idempotency-key': `thread-${id}` };
    const first = await bench.post(path, body, key);
    hasStatus(first, 201, 'the thread');
    const thread = bodyOf(CreatedThread, first, 'the thread');
    same(/^thread-/.test(thread.id), true, 'its id');
    const again = await bench.post(path, body, key);
    same([again.text, again.headers['idempotency-replayed']], [first.text, 'true'], 'the replay');
    hasStatus(await bench.post(pathOf(id, '/messages'), { content: 'beside' }), 201, 'a message beside it');
    const within = { content: 'in it, too', thread_id: thread.id };
    hasStatus(await bench.post(pathOf(id, '/messages'), within), 201, 'a message in it');
    const { messages } = await historyOf(bench, id, `?thread_id=${thread.id}`);
    const words = messages.flatMap(({ role, content }) => (role === 'user' ? content : []));
    same(words, ['in it', 'in it, too'], 'what was said in it');
    same(messages[0]?.id, thread.initial_message_id, 'its first message');
    const list = bodyOf(ThreadList, await bench.get(path), 'the threads');
    same([list.total, list.threads.length], [1, 1], 'how many there are');
    const [told] = list.threads;
    same([told?.id, told?.title, told?.agent_memory], [thread.id, 'Style', 'shared'], 'what is told of it');
    for (const [wrong, field] of [
      [{}, 'title'],
      [{ title: 'x', titel: 'y' }, 'titel'],
      [{ title: 'x', initial_message: { content: 'x', thread_id: thread.id } }, 'initial_message.thread_id'],
    ] as const)
      names(isProblem(await bench.post(path, wrong), 'invalid-request', field), field, field);
    const lost = await bench.get(pathOf(id, '?thread_id=thread-none'));
    names(isProblem(lost, 'invalid-request', 'no thread'), 'thread_id', 'no thread');
    isProblem(await bench.get(path, { authorization: null }), 'unauthorized', 'to a stranger');
  }),

  check(
    'attachments come and go after their message',
    '201 and 204, in the history; the agent is said to know nothing of it',
    async (bench) => {
      const id = await running(bench);
      const sent = await bench.post(pathOf(id, '/messages'), { content: 'one' });
      const message = bodyOf(ChatMessage, sent, 'the message');
      const path = pathOf(id, `/messages/${message.id}/attachments`);
      const file = { type: 'file', file_path: 'late.md', content: 'Late.' };
      const key = { 'idempotency-key': `attach-${id}` };
      const first = await bench.post(path, { attachments: [file] }, key);
      hasStatus(first, 201, 'the attachment');
      const { attachments } = bodyOf(MessageAttachments, first, 'the attachment');
      same(attachments.length, 1, 'how many there are');
      const again = await bench.post(path, { attachments: [file] }, key);
      same([again.text, again.headers['idempotency-replayed']], [first.text, 'true'], 'the replay');
      const at = `${path}/${present(attachments[0], 'an attachment').id}`;
      same(bodyOf(AttachmentContent, await bench.get(at), 'it').content, 'Late.', 'what was attached');
      const read = await bench.get(pathOf(id, `/messages/${message.id}`));
      const told = bodyOf(ChatMessage, read, 'the message');
      same([told.attachments, told.agent_memory], [attachments, 'unchanged'], 'what is told of it');
      hasStatus(await bench.remove(at), 204, 'the removal');
      isProblem(await bench.remove(at), 'attachment-not-found', 'a second one');
      isProblem(await bench.get(at), 'attachment-not-found', 'what was taken off');
      for (const [body, field] of [
        [{ attachments: [] }, 'attachments'],
        [{ attachments: [{ ...file, file_path: '../x' }] }, 'attachments.0.file_path'],
      ] as const)
        names(isProblem(await bench.post(path, body), 'invalid-request', field), field, field);
      const large = { ...file, content: 'ü'.repeat(33_000) };
      isProblem(await bench.post(path, { attachments: [large] }), 'payload-too-large', 'too much');
      const stranger = await bench.post(path, { attachments: [file] }, { authorization: null });
      isProblem(stranger, 'unauthorized', 'a stranger');
    },
  ),

  check('the context is read and changed', 'with an ETag; 412 when it is another one', async (bench) => {
    const id = await bench.ended();
    const path = `/api/v1/sessions/${id}/context`;
    const read = await bench.get(path);
    const context = bodyOf(SessionContext, read, 'the context');
    const { used_tokens, input_tokens, output_tokens } = context.context_window;
    same(used_tokens, input_tokens + output_tokens, 'the tokens');
    same(context.context_files.length > 0, true, 'that it knows files');
    const etag = present(read.headers.etag, 'an ETag');
    hasStatus(await bench.get(path, { 'if-none-match': etag }), 304, 'the same again');
    const [tool = ''] = context.enabled_tools;
    const changed = await bench.put(path, { disable_tools: [tool] }, { 'if-match': etag });
    hasStatus(changed, 200, 'the change');
    const after = bodyOf(SessionContext, changed, 'the context then');
    same([after.enabled_tools.includes(tool), after.disabled_tools], [false, [tool]], 'the tools then');
    const late = await bench.put(path, { enable_tools: [tool] }, { 'if-match': etag });
    isProblem(late, 'precondition-failed', 'a change of what it is no more');
    for (const [body, field] of [
      [{ add_files: ['../x'] }, 'add_files.0'],
      [{ add_files: ['no/such/file'] }, 'add_files.0'],
      [{ tools: [] }, 'tools'],
    ] as const)
      names(isProblem(await bench.put(path, body), 'invalid-request', field), field, field);
    isProblem(await bench.put(path, { model_override: 'another' }), 'unsupported-choice', 'a model');
    hasStatus(await bench.put(path, { enable_tools: [tool] }), 200, 'the change back');
  }),

  check('what a session did is told by rules', 'and said to be so', async (bench) => {
    const id = await bench.ended();
    const at = (rest: string) => bench.get(`/api/v1/sessions/${id}${rest}`);
    const summary = bodyOf(SessionSummary, await at('/summarize'), 'the summary');
    same([summary.status, summary.files.length > 0], ['completed', true], 'what is counted');
    same(summary.summary.includes('completed'), true, 'that it says how it ended');
    bodyOf(Suggestions, await at('/chat/suggestions'), 'the suggestions');
    bodyOf(ModelList, await at('/models'), 'the models');
    for (const rest of ['/summarize', '/chat/suggestions', '/models', '/context']) {
      const unknown = await bench.get(`/api/v1/sessions/01JZZZZZZZZZZZZZZZZZZZZZZZ${rest}`);
      isProblem(unknown, 'session-not-found', rest);
      const stranger = await bench.get(`/api/v1/sessions/${id}${rest}`, { authorization: null });
      isProblem(stranger, 'unauthorized', rest);
    }
  }),

  check(
    'the model a task asks for is the one in use',
    'and the first of those that are told',
    async (bench) => {
      const id = await bench.finished('offers', { agents: [{ ...bench.agent('offers'), model: 'large' }] });
      const path = `/api/v1/sessions/${id}`;
      same(
        bodyOf(Session, await bench.get(path), 'the session').agent.model,
        'large',
        'the model of the agent',
      );
      const { models } = bodyOf(ModelList, await bench.get(`${path}/models`), 'the models');
      const known = models.map((model) => [model.id, model.status]);
      same(
        known,
        [
          ['large', 'active'],
          ['small', 'available'],
        ],
        'the models',
      );
      const context = bodyOf(SessionContext, await bench.get(`${path}/context`), 'the context');
      same(context.active_model?.type, 'large', 'the model of the context');
    },
  ),
];
