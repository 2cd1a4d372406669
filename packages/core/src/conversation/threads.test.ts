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

/** The agent answers whatever was said last. */
const answer = async ({ executor, clock, id }: World & { id: string }, ...words: string[]) => {
  for (const content of words)
    executor.say(id, { at: clock.now(), body: { type: 'message', role: 'assistant', content } });
  await clock.advance(0);
};

/** Two threads and talk beside them, mixed. */
const talked = async () => {
  const world = await launched();
  const { conversations } = world.harbor;
  const say = async (content: string, thread_id?: string) => {
    await conversations.sendMessage(world.id, { content, thread_id });
    await answer(world, `on ${content} 1`, `on ${content} 2`);
  };
  const initial_message = { content: 'a1' };
  const a = await conversations.createThread(world.id, { title: 'A', initial_message });
  await answer(world, 'on a1 1', 'on a1 2');
  const b = await conversations.createThread(world.id, { title: 'B' });
  await say('b1', b.id);
  await say('beside');
  await say('a2', a.id);
  const words = async (thread_id: string, query: object = {}) => {
    const page = await conversations.messages(world.id, { thread_id, ...query });
    return { ...page, messages: page.messages.map(({ content }) => content) };
  };
  return { ...world, a, b, say, words, conversations };
};

describe('a thread', () => {
  it('holds what was said in it, and what the agent said to that', async () => {
    const { a, b, words, conversations, id } = await talked();
    expect(await words(a.id)).toEqual({
      messages: ['a1', 'on a1 1', 'on a1 2', 'a2', 'on a2 1', 'on a2 2'],
      total: 6,
      before: null,
      after: null,
    });
    expect((await words(b.id)).messages).toEqual(['b1', 'on b1 1', 'on b1 2']);
    const { messages } = await conversations.messages(id, { thread_id: a.id });
    expect(new Set(messages.map(({ thread_id }) => thread_id))).toEqual(new Set([a.id]));
    expect(messages[0]?.id).toBe(a.initial_message_id);
    // In the whole conversation what users said tells its thread.
    const all = await conversations.messages(id);
    expect(all.messages.find(({ content }) => content === 'b1')?.thread_id).toBe(b.id);
    expect(all.messages.find(({ content }) => content === 'beside')?.thread_id).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5, 6])('is walked in stretches of %i, back and forth', async (limit) => {
    const { a, words, conversations, id } = await talked();
    const whole = (await words(a.id)).messages;
    const back: string[] = [];
    for (let before: string | null | undefined; before !== null; ) {
      const page = await words(a.id, { limit, before });
      expect(page.messages.length).toBeLessThanOrEqual(limit);
      back.unshift(...page.messages);
      before = page.before;
    }
    expect(back).toEqual(whole);
    const forth: string[] = [];
    for (let after: string | null = 'msg-0'; after !== null; ) {
      const page = await words(a.id, { limit, after });
      forth.push(...page.messages);
      after = page.after;
    }
    expect(forth).toEqual(whole);
    const between = await conversations.messages(id, {
      thread_id: a.id,
      after: a.initial_message_id,
      before: (await conversations.messages(id, { thread_id: a.id, limit: 1 })).messages[0]?.id,
    });
    expect(between.messages.map(({ content }) => content)).toEqual(whole.slice(1, -1));
  });

  it('is told with what is in it, the last one used first', async () => {
    const { a, b, say, conversations, id, executor, clock } = await talked();
    const empty = await conversations.createThread(id, { title: 'Empty' });
    await clock.advance(1_000);
    await say('b2', b.id);
    const list = await conversations.threads(id);
    expect(list.total).toBe(3);
    const told = new Map(list.threads.map((thread) => [thread.id, thread]));
    expect(list.threads[0]?.id).toBe(b.id);
    expect(told.get(a.id)).toMatchObject({
      title: 'A',
      message_count: 6,
      participants: ['user', 'assistant'],
    });
    expect(told.get(b.id)).toMatchObject({ message_count: 6, status: 'active', agent_memory: 'shared' });
    expect(told.get(empty.id)).toMatchObject({ message_count: 0, participants: [] });
    executor.exit(id, { kind: 'turn-ended', stopReason: 'end_turn' });
    await clock.advance(0);
    expect((await conversations.threads(id)).threads[0]?.status).toBe('ended');
  });

  it('keeps a message that is said again or deleted', async () => {
    const { a, words, conversations, id } = await talked();
    const again = await conversations.retryMessage(id, a.initial_message_id ?? '');
    expect(again.thread_id).toBe(a.id);
    await conversations.deleteMessage(id, a.initial_message_id ?? '');
    const { messages } = await words(a.id);
    expect(messages).toEqual(['', 'on a1 1', 'on a1 2', 'a2', 'on a2 1', 'on a2 2', 'a1']);
  });

  it('is begun once for a key, with its message', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    const wish = { title: 'Once', initial_message: { content: 'one' } };
    const options = { idempotencyKey: 'k' };
    const [first, second] = await Promise.all([
      conversations.createThread(world.id, wish, options),
      conversations.createThread(world.id, wish, options),
    ]);
    expect(second).toEqual(first);
    expect((await conversations.threads(world.id)).total).toBe(1);
    expect((await conversations.messages(world.id)).messages.map(({ content }) => content)).toEqual([
      'Fix it',
      'one',
    ]);
  });

  it('is there with its message or not at all', async () => {
    const store = createMemoryStore({ epoch: 'test' });
    let isFull = false;
    const failing = {
      ...store,
      get epoch() {
        return store.epoch;
      },
      commit: async (...input: Parameters<typeof store.commit>) => {
        if (isFull && input[0].some(({ kind }) => kind === 'conversation-saved'))
          throw new Problem('storage-full');
        return store.commit(...input);
      },
    };
    const world = await launched({ store: failing });
    const { conversations } = world.harbor;
    isFull = true;
    const wish = { title: 'Lost', initial_message: { content: 'one' } };
    const options = { idempotencyKey: 'k' };
    await expect(conversations.createThread(world.id, wish, options)).rejects.toMatchObject({
      code: 'storage-full',
    });
    isFull = false;
    expect((await conversations.threads(world.id)).total).toBe(0);
    const made = await conversations.createThread(world.id, wish, options);
    const said = (await conversations.messages(world.id)).messages.filter(({ content }) => content === 'one');
    expect(said).toMatchObject([{ id: made.initial_message_id, thread_id: made.id }]);
  });

  it('is refused where it is none, and beyond a hundred', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    for (const work of [
      conversations.sendMessage(world.id, { content: 'x', thread_id: 'thread-none' }),
      conversations.messages(world.id, { thread_id: 'thread-none' }),
    ])
      await expect(work).rejects.toMatchObject({
        errors: { thread_id: [expect.stringMatching('no thread')] },
      });
    for (let count = 0; count < 100; count++)
      await conversations.createThread(world.id, { title: `${count}` });
    await expect(conversations.createThread(world.id, { title: 'x' })).rejects.toMatchObject({
      code: 'payload-too-large',
    });
  });

  it('counts no more messages than it looks at', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    const { id: thread_id } = await conversations.createThread(world.id, { title: 'Long' });
    for (let count = 0; count < 201; count++)
      await conversations.sendMessage(world.id, { content: `${count}`, thread_id });
    expect((await conversations.threads(world.id)).threads[0]?.message_count).toBeNull();
    expect((await conversations.messages(world.id, { thread_id })).total).toBeNull();
  });
});
