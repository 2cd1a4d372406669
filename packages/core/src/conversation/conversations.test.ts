import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import { openWorld, request, type World } from '../testing/world.ts';

const launched = async (parts?: Parameters<typeof openWorld>[0]): Promise<World & { id: string }> => {
  const world = openWorld(parts);
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  return { ...world, id };
};
const say = async ({ executor, clock, id }: World & { id: string }, ...bodies: EventBody[]) => {
  executor.say(id, ...bodies.map((body) => ({ at: clock.now(), body })));
  await clock.advance(0);
};
const word = (content: string): EventBody => ({ type: 'message', role: 'assistant', content });
const png = 'data:image/png;base64,iVBORw0KGgo=';

describe('what was said', () => {
  it('is a message for each event that says something', async () => {
    const world = await launched();
    await say(
      world,
      { type: 'thought', thought: 'Hm.' },
      word('I look.'),
      {
        type: 'tool_use',
        tool_name: 'read',
        tool_args: { path: 'a' },
        tool_execution_id: 't',
        status: 'started',
      },
      { type: 'log', level: 'info', message: 'noise' },
      {
        type: 'tool_result',
        tool_name: 'read',
        tool_output: 'x'.repeat(9_000),
        tool_execution_id: 't',
        status: 'failed',
      },
    );
    const { harbor, id } = world;
    const { messages, ...rest } = await harbor.conversations.messages(id);
    expect(rest).toEqual({ total: 4, before: null, after: null });
    expect(messages.map(({ role, content }) => [role, content.slice(0, 7)])).toEqual([
      ['user', 'Fix it'],
      ['assistant', 'I look.'],
      ['assistant', ''],
      ['tool', 'xxxxxxx'],
    ]);
    expect(messages[0]).toMatchObject({ id: 'msg-0' });
    expect(messages[2]?.tool_calls).toEqual([
      { id: 't', type: 'function', function: { name: 'read', arguments: { path: 'a' } } },
    ]);
    expect(messages[3]).toMatchObject({ status: 'failed', truncated: true, tool_call_id: 't' });
    const thinking = await harbor.conversations.messages(id, { thoughts: 'true' });
    expect(thinking.messages[1]).toMatchObject({ role: 'assistant', content: '', thought: 'Hm.' });
    expect(thinking.total).toBe(5);
  });

  it('is walked from the end to the beginning and back', async () => {
    const world = await launched();
    await say(world, ...Array.from({ length: 7 }, (_, index) => word(`${index + 1}`)));
    const { messages } = world.harbor.conversations;
    const backwards: string[][] = [];
    for (let before: string | null | undefined; before !== null; ) {
      const page = await messages(world.id, { limit: 3, before });
      backwards.push(page.messages.map(({ content }) => content));
      before = page.before;
    }
    expect(backwards).toEqual([
      ['5', '6', '7'],
      ['2', '3', '4'],
      ['Fix it', '1'],
    ]);
    const forwards: string[][] = [];
    for (let after: string | null | undefined = 'msg-0'; after !== null; ) {
      const page = await messages(world.id, { limit: 3, after });
      forwards.push(page.messages.map(({ content }) => content));
      after = page.after;
    }
    expect(forwards).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
    const full = await messages(world.id, { limit: 7 });
    expect((await messages(world.id, { before: full.before ?? '' })).messages).toMatchObject([
      { id: 'msg-0' },
    ]);
    expect((await messages(world.id, { before: 'msg-0' })).messages).toEqual([]);
    await expect(messages(world.id, { before: 'first' })).rejects.toMatchObject({
      errors: { before: ['is not the id of a message'] },
    });
  });
});

describe('a message', () => {
  it('is told with its words alone, and is the same when it is asked for', async () => {
    const { harbor, executor, id } = await launched();
    const { conversations } = harbor;
    const sent = await conversations.sendMessage(
      id,
      {
        content: 'Read this',
        attachments: [
          { type: 'file', file_path: 'src/a.ts', content: 'let a;' },
          { type: 'image', data_url: png, filename: 'a.png' },
        ],
        context_files: ['src/b c.ts'],
        tools_enabled: ['read'],
      },
      { by: 'ada' },
    );
    expect(sent).toMatchObject({
      role: 'user',
      content: 'Read this',
      author: 'ada',
      context_files: ['src/b c.ts'],
      tools_enabled: ['read'],
      attachments: [
        { type: 'file', file_path: 'src/a.ts', size_bytes: 6, token_count: 2, mime_type: 'text/plain' },
        { type: 'image', filename: 'a.png', size_bytes: 8, token_count: null, mime_type: 'image/png' },
      ],
    });
    expect(await conversations.message(id, sent.id)).toEqual(sent);
    expect((await conversations.messages(id)).messages.at(-1)).toEqual(sent);
    const [file, image] = sent.attachments;
    expect(await conversations.attachment(id, sent.id, file?.id ?? '')).toEqual({
      ...file,
      content: 'let a;',
      encoding: 'utf-8',
    });
    expect(await conversations.attachment(id, sent.id, image?.id ?? '')).toMatchObject({
      content: 'iVBORw0KGgo=',
      encoding: 'base64',
    });
    const [event] = (await harbor.events.history(id, { type: ['user_input'] })).items;
    expect(event).toMatchObject({
      content: expect.stringContaining(`(file:///workspaces/${id}/src/b%20c.ts)`),
    });
    expect(executor.asked.filter((asked) => asked.startsWith('prompt'))).toHaveLength(1);
  });

  it('is sent once for a key, also when the server dies in between', async () => {
    const { harbor, executor, id, store, clock } = await launched();
    const real = executor.prompt;
    executor.override('prompt', async (...given) => {
      await real(...given);
      executor.override('prompt', real);
      throw new Problem('internal', { detail: 'The server died.' });
    });
    const send = () =>
      harbor.conversations.sendMessage(
        id,
        { content: 'once', attachments: [{ type: 'file', file_path: 'a', content: 'a' }] },
        { idempotencyKey: 'k' },
      );
    await expect(send()).rejects.toMatchObject({ code: 'internal' });
    await harbor.tasks.promptSession(id, 'another');
    const sent = await send();
    expect(await send()).toEqual(sent);
    await clock.advance(0);
    const { items } = await harbor.events.history(id, { type: ['user_input'], sort: 'asc' });
    expect(items.map((event) => 'promptId' in event && event.content.slice(0, 4))).toEqual(['once', 'anot']);
    expect(sent.id).toBe(`msg-${items[0]?.seq}`);
    expect(await store.conversation({ tenantId: null }, id, 'attachment')).toHaveLength(1);
  });

  it('is refused by what is wrong with it', async () => {
    const { harbor, executor, clock, id } = await launched();
    const send = (message: object) =>
      expect(harbor.conversations.sendMessage(id, { content: 'x', ...message })).rejects;
    const file = (members: object) => ({ attachments: [{ type: 'file', file_path: 'a', ...members }] });
    await send({ content: 'ü'.repeat(9_000) }).toMatchObject({ code: 'payload-too-large' });
    await send({ content: 'x', context_files: ['../a'] }).toMatchObject({
      errors: { 'context_files.0': [expect.stringContaining('relative')] },
    });
    await send(file({ file_path: '/etc/passwd' })).toMatchObject({
      errors: { 'attachments.0.file_path': [expect.stringContaining('relative')] },
    });
    await send(file({})).toMatchObject({
      errors: { 'attachments.0.file_path': [expect.stringContaining('no file')] },
    });
    await send(file({ content: 'ü'.repeat(40_000) })).toMatchObject({ code: 'payload-too-large' });
    const big = { type: 'file', file_path: 'a', content: 'x'.repeat(60_000) };
    await send({ attachments: [big, big, big] }).toMatchObject({ code: 'payload-too-large' });
    for (const data_url of ['data:image/jpeg;base64,iVBORw0KGgo=', 'data:image/png;base64,A']) {
      await send({ attachments: [{ type: 'image', data_url }] }).toMatchObject({
        errors: { 'attachments.0.data_url': [expect.any(String)] },
      });
    }
    await send({ model_override: 'other' }).toMatchObject({ code: 'unsupported-choice' });
    executor.override('prompt', async () => {
      throw new Problem('invalid-request', { errors: { 'prompt.1': ['is image content'] } });
    });
    await send({ attachments: [{ type: 'image', data_url: png }] }).toMatchObject({
      errors: { 'attachments.0': ['is image content'] },
    });
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await send({}).toMatchObject({ code: 'session-ended' });
    const { conversations } = harbor;
    for (const none of ['msg-99', 'msg-1', 'msg-', 'x'])
      await expect(conversations.message(id, none)).rejects.toMatchObject({ code: 'message-not-found' });
    await expect(conversations.attachment(id, 'msg-0', 'att-1')).rejects.toMatchObject({
      code: 'attachment-not-found',
    });
    await expect(conversations.messages('nobody')).rejects.toMatchObject({ code: 'session-not-found' });
  });
});

describe('the message that was sent', () => {
  /** A session in which so many prompts were said, and a store that tells how many rows were read. */
  const crowded = async (prompts: number) => {
    const inner = createMemoryStore({ epoch: 'test' });
    const counts = { rows: 0, failing: false };
    const store = {
      ...inner,
      get epoch() {
        return inner.epoch;
      },
      events: async (...input: Parameters<typeof inner.events>) => {
        const rows = await inner.events(...input);
        counts.rows += rows.length;
        return rows;
      },
      commit: async (...input: Parameters<typeof inner.commit>) => {
        if (counts.failing && input[0].some(({ kind }) => kind === 'reply-stored'))
          throw new Problem('storage-full');
        return inner.commit(...input);
      },
    };
    const world = await launched({ store });
    const said = Array.from(
      { length: prompts },
      (_, index): EventBody => ({
        type: 'user_input',
        author: 'a',
        content: `${index}`,
        promptId: `p${index}`,
      }),
    );
    for (let from = 0; from < prompts; from += 500) await say(world, ...said.slice(from, from + 500));
    counts.rows = 0;
    return { ...world, counts };
  };

  it('is looked for behind the end of the log alone, however long that is', async () => {
    const { harbor, id, counts } = await crowded(3_000);
    await harbor.conversations.sendMessage(id, { content: 'x' });
    expect(counts.rows).toBeLessThanOrEqual(2);
  });

  it('is looked for in the last prompts, too, where the request may be a repeated one', async () => {
    const { harbor, id, counts } = await crowded(3_000);
    await harbor.conversations.sendMessage(id, { content: 'x' }, { idempotencyKey: 'k' });
    expect(counts.rows).toBeLessThanOrEqual(1_002);
  });

  it('is found when it was sent before, and only its answer was lost', async () => {
    const { harbor, id, counts } = await crowded(10);
    const send = () => harbor.conversations.sendMessage(id, { content: 'x' }, { idempotencyKey: 'k' });
    counts.failing = true;
    await expect(send()).rejects.toMatchObject({ code: 'storage-full' });
    counts.failing = false;
    for (let count = 0; count < 150; count++) await harbor.conversations.sendMessage(id, { content: 'y' });
    const message = await send();
    expect(message.id).toBe(
      (await harbor.conversations.messages(id, { after: 'msg-0', limit: 200 })).messages.find(
        ({ content }) => content === 'x',
      )?.id,
    );
    const { messages } = await harbor.conversations.messages(id, { limit: 200 });
    expect(messages.filter(({ content }) => content === 'x')).toHaveLength(1);
  });
});
