import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import type { ChatMessage, SendMessage } from '@agent-harbor/api-contract/schemas';
import type { MutationOptions, ReplyItem, ReplyOptions } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** A running session whose agent waits. */
const running = async (bench: Bench): Promise<string> => {
  const id = await bench.start('waits');
  await bench.reach(id, 'running');
  return id;
};

/** What was said, in stretches of so many messages, from the end to the beginning. */
const walked = async ({ conversations }: Bench, id: string, limit: number): Promise<ChatMessage[]> => {
  const messages: ChatMessage[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const page = await conversations.messages(id, { limit, before });
    holds(page.messages.length <= limit, `${page.messages.length} messages instead of ${limit}`);
    messages.unshift(...page.messages);
    before = page.before;
  }
  return messages;
};

const send = (bench: Bench, id: string, message: SendMessage, options?: MutationOptions) =>
  bench.settle(bench.conversations.sendMessage(id, message, options));

export const conversing = [
  check(
    'what was said is told in the order of the log',
    'first the prompt, then a message for each word and each use of a tool; the same in any stretches',
    async (bench) => {
      const { id, items } = await bench.finished('edits');
      const said = eventsOf(items).filter(({ type }) =>
        ['message', 'user_input', 'tool_use', 'tool_result'].includes(type),
      );
      const { messages, total, before, after } = await bench.conversations.messages(id, { limit: 200 });
      same([before, after, total], [null, null, said.length + 1], 'the bounds and the total');
      same(messages[0]?.content, 'Do it', 'the first message');
      const ids = ['msg-0', ...said.map(({ seq }) => `msg-${seq}`)];
      same(
        messages.map((message) => message.id),
        ids,
        'the messages',
      );
      same(await walked(bench, id, 2), messages, 'the same in stretches of 2');
      const [first, second, ...rest] = messages;
      const next = await bench.conversations.messages(id, { after: first?.id, limit: 1 });
      same(next.messages, [second], 'what comes after the prompt');
      same(next.after, rest.length > 0 ? second?.id : null, 'where it goes on');
      const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => call.id));
      const results = messages.flatMap(({ tool_call_id = [] }) => tool_call_id);
      holds(calls.length > 0, 'no use of a tool is told');
      same(results, calls, 'the results');
      same(await bench.conversations.message(id, first?.id ?? ''), first, 'one message alone');
    },
  ),

  check(
    'a message is sent once and told as it was sent',
    'its attachments can be had again; a key repeats the answer',
    async (bench) => {
      const id = await running(bench);
      const message: SendMessage = {
        content: 'Mind the ümlauts',
        attachments: [{ type: 'file', file_path: 'notes/read me.md', content: 'ä\n' }],
        context_files: ['notes/other.md'],
      };
      const options = { idempotencyKey: `chat-${id}` };
      const sent = await send(bench, id, message, options);
      same([sent.role, sent.content], ['user', message.content], 'role and content');
      same(sent.context_files, message.context_files, 'the context files');
      const [attachment] = sent.attachments;
      same([attachment?.file_path, attachment?.size_bytes], ['notes/read me.md', 3], 'the attachment');
      same(await send(bench, id, message, options), sent, 'the second answer');
      await rejectsWith(
        'idempotency-key-reused',
        send(bench, id, { content: 'other' }, options),
        'the same key with other words',
      );
      same(await bench.conversations.message(id, sent.id), sent, 'the message alone');
      const content = await bench.conversations.attachment(id, sent.id, present(attachment, 'it').id);
      same([content.content, content.encoding], ['ä\n', 'utf-8'], 'what was attached');
      const plain = await send(bench, id, { content: 'And this' });
      const { messages } = await bench.conversations.messages(id);
      same(messages.filter(({ role }) => role === 'user').slice(1), [sent, plain], 'what the user said');
      await rejectsWith(
        'attachment-not-found',
        bench.conversations.attachment(id, plain.id, content.id),
        'the attachment of another message',
      );
    },
  ),

  check('a message is refused by what is wrong with it', 'and nothing is sent', async (bench) => {
    const id = await running(bench);
    const file = { type: 'file', file_path: 'a.txt' } as const;
    const refused: readonly [ProblemCode, Partial<SendMessage>][] = [
      ['invalid-request', { content: '' }],
      ['invalid-request', { context_files: ['../outside'] }],
      ['invalid-request', { attachments: [{ ...file, file_path: '/etc/passwd' }] }],
      ['invalid-request', { attachments: [{ ...file, file_path: 'no/such/file' }] }],
      ['invalid-request', { attachments: [{ type: 'image', data_url: 'data:image/png;base64,AAAA' }] }],
      ['payload-too-large', { content: 'ü'.repeat(8 * 1024 + 1) }],
      ['payload-too-large', { attachments: [{ ...file, content: 'ü'.repeat(33 * 1024) }] }],
      ['unsupported-choice', { model_override: 'another' }],
    ];
    for (const [code, members] of refused) {
      const words = JSON.stringify(members).slice(0, 80);
      await rejectsWith(code, send(bench, id, { content: 'x', ...members }), words);
    }
    const { messages } = await bench.conversations.messages(id);
    same(messages.filter(({ role }) => role === 'user').length, 1, 'what the user said');
  }),

  check(
    'nobody is talked to who is not there',
    'unknown sessions and messages, and what has ended',
    async (bench) => {
      const { conversations } = bench;
      for (const id of unknownIds) {
        await rejectsWith('session-not-found', send(bench, id, { content: 'x' }), JSON.stringify(id));
        await rejectsWith('session-not-found', bench.settle(conversations.messages(id)), JSON.stringify(id));
      }
      const { id } = await bench.finished('edits');
      await rejectsWith('session-ended', send(bench, id, { content: 'x' }), 'an ended session');
      for (const message of ['msg-', 'msg-1000000', 'msg-01', 'x'])
        await rejectsWith('message-not-found', bench.settle(conversations.message(id, message)), message);
      await rejectsWith(
        'invalid-request',
        bench.settle(conversations.messages(id, { before: 'x' })),
        'before x',
      );
    },
  ),

  check('the history is changed, and nothing else', 'the agent is said to remember', async (bench) => {
    const { conversations, settle } = bench;
    const id = await running(bench);
    const file = { type: 'file', file_path: 'a.md', content: 'a' } as const;
    const sent = await send(bench, id, { content: 'one', attachments: [file] });
    const edited = await settle(conversations.editMessage(id, sent.id, { content: 'two' }));
    same([edited.content, edited.agent_memory], ['two', 'unchanged'], 'the edited message');
    same(await conversations.message(id, sent.id), edited, 'the message alone');
    const again = await settle(conversations.retryMessage(id, sent.id, { idempotencyKey: `again-${id}` }));
    same([again.content, again.retry_of], ['two', sent.id], 'the message said again');
    const repeated = conversations.retryMessage(id, sent.id, { idempotencyKey: `again-${id}` });
    same(await settle(repeated), again, 'the second answer');
    await settle(conversations.deleteMessage(id, sent.id));
    const gone = await conversations.message(id, sent.id);
    same([gone.content, gone.attachments, gone.agent_memory], ['', [], 'unchanged'], 'the deleted message');
    const attachment = conversations.attachment(id, sent.id, sent.attachments[0]?.id ?? '');
    await rejectsWith('attachment-not-found', settle(attachment), 'its attachment');
    const late = settle(conversations.editMessage(id, sent.id, { content: 'x' }));
    await rejectsWith('message-not-found', late, 'an edit of it');
  }),

  check(
    'the reply to a message is a stream',
    'from its message to the end of what the agent says; gone on with from everywhere, and sent once',
    async (bench) => {
      const members = { agents: [bench.agent('edits')], interactive: true, idleTimeoutSeconds: 86_400 };
      const { id } = await bench.launch(members);
      await bench.readUntil(
        id,
        ({ event }) => event.type === 'status' && 'reason' in event && event.reason === 'idle',
      );
      const follow = (options: ReplyOptions) =>
        bench.settle(
          (async () => {
            const items: ReplyItem[] = [];
            for await (const item of bench.conversations.streamMessage(id, { content: 'And now?' }, options))
              items.push(item);
            return items;
          })(),
        );
      const options = { idempotencyKey: `reply-${id}` };
      const items = await follow(options);
      const [start] = items;
      const end = items.at(-1);
      holds(start?.frame.type === 'message_start', `the first frame is ${start?.frame.type}`);
      holds(end?.frame.type === 'message_complete', `the last frame is ${end?.frame.type}`);
      same([start.frame.busy, end.frame.shared], [false, false], 'what else the agent spoke of');
      same([end.frame.id, end.frame.reason], [start.frame.id, 'idle'], 'what is complete, and why');
      const said = items.flatMap(({ frame }) => (frame.type === 'content_delta' ? frame.delta : []));
      same(said.join(''), end.frame.final_content, 'what the agent said');
      const sent = await bench.conversations.message(id, start.frame.id);
      same([sent.role, sent.content], ['user', 'And now?'], 'the message');
      same(await follow(options), items, 'the same request again');
      for (const [index, { id: after }] of items.entries())
        same(await follow({ ...options, after }), items.slice(index + 1), `what comes after ${after}`);
      const { messages } = await bench.conversations.messages(id);
      same(messages.filter(({ content }) => content === 'And now?').length, 1, 'how often it was sent');
      const unknown = `never-${id}`;
      const lost = follow({ idempotencyKey: unknown, after: start.id });
      await rejectsWith('invalid-request', lost, 'going on in what was not begun');
      for (const nobody of unknownIds.slice(0, 2)) {
        const toNobody = bench.conversations.streamMessage(nobody, { content: 'x' });
        const reading = (async () => {
          for await (const _ of toNobody) return;
        })();
        await rejectsWith('session-not-found', bench.settle(reading), JSON.stringify(nobody));
      }
    },
  ),

  check(
    'messages are put in threads',
    'each thread tells its own; a key begins one thread; the agent is said to hear them all',
    async (bench) => {
      const { conversations, settle } = bench;
      const id = await running(bench);
      const begin = (title: string, content: string, idempotencyKey?: string) =>
        settle(conversations.createThread(id, { title, initial_message: { content } }, { idempotencyKey }));
      const one = await begin('One', '1a', `thread-${id}`);
      same(await begin('One', '1a', `thread-${id}`), one, 'the second answer');
      const two = await begin('Two', '2a');
      await send(bench, id, { content: 'beside' });
      await send(bench, id, { content: '1b', thread_id: one.id });
      const users = async (thread_id: string) =>
        (await settle(conversations.messages(id, { thread_id }))).messages.flatMap(({ role, content }) =>
          role === 'user' ? content : [],
        );
      same(await users(one.id), ['1a', '1b'], 'what was said in the first');
      same(await users(two.id), ['2a'], 'what was said in the second');
      const first = await conversations.message(id, present(one.initial_message_id, 'its first message'));
      same([first.content, first.thread_id], ['1a', one.id], 'the first message');
      const { threads, total } = await settle(conversations.threads(id));
      const told = threads.map(({ title, agent_memory }) => `${title} ${agent_memory}`).toSorted();
      same([told, total], [['One shared', 'Two shared'], 2], 'the threads');
      const lost = send(bench, id, { content: 'x', thread_id: 'thread-none' });
      await rejectsWith('invalid-request', lost, 'a thread there is not');
      for (const unknown of unknownIds)
        await rejectsWith(
          'session-not-found',
          settle(conversations.threads(unknown)),
          JSON.stringify(unknown),
        );
    },
  ),

  check(
    'attachments come and go after their message',
    'in the history; a key attaches once, and the agent is said to know nothing of it',
    async (bench) => {
      const { conversations, settle } = bench;
      const id = await running(bench);
      const file = (name: string, content: string) => ({ type: 'file', file_path: name, content }) as const;
      const sent = await send(bench, id, { content: 'one', attachments: [file('a.md', 'a')] });
      const options = { idempotencyKey: `attach-${id}` };
      const wish = { attachments: [file('b.md', 'b\n'.repeat(30)), file('a.md', 'a')] };
      const add = () => settle(conversations.addAttachments(id, sent.id, wish, options));
      const all = await add();
      const names = all.attachments.map(({ file_path }) => file_path);
      same([names, all.agent_memory], [['a.md', 'b.md'], 'unchanged'], 'what is attached then');
      same(await add(), all, 'the second answer');
      const message = await conversations.message(id, sent.id);
      same([message.attachments, message.agent_memory], [all.attachments, 'unchanged'], 'the message');
      const [first, second] = all.attachments;
      const read = (attachment = '') => settle(conversations.attachment(id, sent.id, attachment));
      same((await read(second?.id)).content, 'b\n'.repeat(30), 'what was attached');
      const part = { ...file('b.md', 'b\n'.repeat(30)), include_full_content: false, preview_lines: 2 };
      const cut = await settle(conversations.addAttachments(id, sent.id, { attachments: [part] }));
      same((await read(cut.attachments.at(-1)?.id)).content, 'b\nb', 'its first lines alone');
      await settle(conversations.deleteAttachment(id, sent.id, second?.id ?? ''));
      await rejectsWith('attachment-not-found', read(second?.id), 'what was taken off');
      same((await read(first?.id)).content, 'a', 'what stays');
      const twice = settle(conversations.deleteAttachment(id, sent.id, second?.id ?? ''));
      await rejectsWith('attachment-not-found', twice, 'what is off already');
      const large = { attachments: [file('c.md', 'c'.repeat(60_000)), file('d.md', 'd'.repeat(64_000))] };
      const more = { attachments: [file('e.md', 'e'.repeat(10_000))] };
      await settle(conversations.addAttachments(id, sent.id, large));
      const tooMuch = settle(conversations.addAttachments(id, sent.id, more));
      await rejectsWith('payload-too-large', tooMuch, 'too much for one message');
      const lost = settle(conversations.addAttachments(id, 'msg-99999', more));
      await rejectsWith('message-not-found', lost, 'a message there is not');
    },
  ),

  check('the context is what the agent uses', 'and what users wish', async (bench) => {
    const { conversations, settle } = bench;
    const { id, items } = await bench.finished('edits');
    const events = eventsOf(items);
    const context = await settle(conversations.context(id));
    const { used_tokens, input_tokens, output_tokens } = context.context_window;
    same(used_tokens, input_tokens + output_tokens, 'the tokens');
    const edited = new Set(events.flatMap((event) => (event.type === 'file_edit' ? [event.file_path] : [])));
    const known = context.context_files.flatMap(({ path, source }) => (source === 'edited' ? [path] : []));
    same(known.toSorted(), [...edited].toSorted(), 'the edited files');
    const [tool = ''] = events.flatMap((event) => (event.type === 'tool_use' ? [event.tool_name] : []));
    holds(context.enabled_tools.includes(tool), `${tool} is not among the tools`);
    const after = await settle(conversations.updateContext(id, { disable_tools: [tool] }));
    same([after.enabled_tools.includes(tool), after.disabled_tools], [false, [tool]], 'the tools then');
    same(await settle(conversations.context(id)), after, 'the context then');
    const { models } = await settle(conversations.models(id));
    same(models[0]?.id, context.active_model?.type, 'the model in use');
    const wrong = settle(conversations.updateContext(id, { add_files: ['no/such/file'] }));
    await rejectsWith('invalid-request', wrong, 'a file there is not');
  }),

  check('what is said about a session is counted', 'by rules, and the same every time', async (bench) => {
    const { conversations, settle } = bench;
    const { id, items } = await bench.finished('edits');
    const summary = await settle(conversations.summarize(id));
    const uses = eventsOf(items).filter(({ type }) => type === 'tool_use').length;
    same(
      summary.tools.reduce((sum, tool) => sum + tool.uses, 0),
      uses,
      'the uses of tools',
    );
    same([summary.source, summary.status], ['rules', 'completed'], 'source and status');
    same(await settle(conversations.summarize(id)), summary, 'the same again');
    const suggestions = await settle(conversations.suggestions(id));
    same(suggestions.source, 'rules', 'where suggestions come from');
    same(await settle(conversations.suggestions(id)), suggestions, 'the same again');
    for (const unknown of unknownIds) {
      const calls = [conversations.summarize, conversations.suggestions, conversations.context];
      for (const call of calls) {
        const work: Promise<unknown> = call(unknown);
        await rejectsWith('session-not-found', settle(work), JSON.stringify(unknown));
      }
    }
  }),
];
