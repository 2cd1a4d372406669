import type { EventBody, ReplyFrame } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { openWorld, request, type World } from '../testing/world.ts';
import type { ReplyItem, ReplyOptions } from './conversations.ts';

type Talking = World & { id: string };

/** A session whose agent waits for what is said to it. */
const launched = async (): Promise<Talking> => {
  const world = openWorld();
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  const talking = { ...world, id };
  await say(talking, idle);
  return talking;
};
const say = async ({ executor, clock, id }: Talking, ...bodies: EventBody[]) => {
  executor.say(id, ...bodies.map((body) => ({ at: clock.now(), body })));
  await clock.advance(0);
};
const idle: EventBody = { type: 'status', status: 'running', reason: 'idle' };
const works: EventBody = { type: 'status', status: 'running' };
const word = (content: string): EventBody => ({ type: 'message', role: 'assistant', content });
const tool: EventBody = {
  type: 'tool_use',
  tool_name: 'read',
  tool_args: { path: 'a' },
  tool_execution_id: 't',
  status: 'started',
};

const follow = (world: Talking, options?: ReplyOptions, content = 'How far?') => {
  const items: ReplyItem[] = [];
  const seen: { end?: unknown } = {};
  (async () => {
    for await (const item of world.harbor.conversations.streamMessage(world.id, { content }, options))
      items.push(item);
  })().then(
    () => {
      seen.end = 'ended';
    },
    (error: unknown) => {
      seen.end = error;
    },
  );
  return { items, seen, frames: () => items.map(({ frame }) => frame) };
};
const types = (frames: readonly { readonly type: string }[]) => frames.map(({ type }) => type);
const completeOf = (frames: readonly ReplyItem['frame'][]) =>
  frames.find(
    (frame): frame is Extract<ReplyFrame, { type: 'message_complete' }> => frame.type === 'message_complete',
  );

describe('a reply', () => {
  it('is what the agent says and does until it waits', async () => {
    const world = await launched();
    const reply = follow(world);
    await world.clock.advance(0);
    await say(world, works, { type: 'thought', thought: 'Hm.' }, word('Half. '));
    expect(types(reply.frames())).toEqual(['message_start', 'content_delta']);
    await say(world, tool, word('The rest follows.'), idle, word('of something else'));
    expect(reply.seen.end).toBe('ended');
    const [start, first, call, second, complete, ...more] = reply.frames();
    expect(more).toEqual([]);
    const { messages } = await world.harbor.conversations.messages(world.id);
    const asked = messages.find(({ content }) => content === 'How far?');
    expect(start).toMatchObject({ type: 'message_start', id: asked?.id, busy: false });
    expect(first).toMatchObject({ delta: 'Half. ' });
    expect(call).toMatchObject({ type: 'tool_call', tool_name: 'read', tool_args: { path: 'a' } });
    expect(second).toMatchObject({ delta: 'The rest follows.' });
    expect(complete).toEqual({
      type: 'message_complete',
      id: asked?.id,
      timestamp: expect.any(String),
      reason: 'idle',
      status: 'running',
      final_content: 'Half. The rest follows.',
      shared: false,
    });
  });

  it('ends with its session', async () => {
    const world = await launched();
    const reply = follow(world);
    await world.clock.advance(0);
    await say(world, works, word('I cannot.'));
    world.executor.exit(world.id, { kind: 'exited', code: 3 });
    await world.clock.advance(0);
    expect(completeOf(reply.frames())).toMatchObject({ reason: 'ended', status: 'failed' });
    expect(reply.seen.end).toBe('ended');
  });

  it('says when the agent was at work, or was told more meanwhile', async () => {
    const world = await launched();
    await say(world, works);
    const busy = follow(world, undefined, 'one');
    await world.clock.advance(0);
    await say(world, word('of before'), idle);
    expect(busy.frames()[0]).toMatchObject({ busy: true });
    expect(completeOf(busy.frames())).toMatchObject({ shared: true });
    const first = follow(world, undefined, 'two');
    await world.clock.advance(0);
    const second = follow(world, undefined, 'three');
    await world.clock.advance(0);
    await say(world, works, word('on two'), word('on three'), idle);
    for (const { frames } of [first, second]) {
      expect(frames()[0]).toMatchObject({ busy: false });
      expect(completeOf(frames())).toMatchObject({ final_content: 'on twoon three' });
    }
    expect(completeOf(first.frames())?.shared).toBe(true);
  });

  it('can be gone on with from everywhere, and sends nothing again', async () => {
    const world = await launched();
    const options = { idempotencyKey: 'k' };
    const whole = follow(world, options);
    await world.clock.advance(0);
    await say(world, works, word('a'), tool, word('b'), idle);
    const { items } = whole;
    expect(items).toHaveLength(5);
    for (const [index, { id }] of items.entries()) {
      const rest = follow(world, { ...options, after: id });
      await world.clock.advance(0);
      expect(rest.items).toEqual(items.slice(index + 1));
      expect(rest.seen.end).toBe('ended');
    }
    const again = follow(world, options);
    await world.clock.advance(0);
    expect(again.items).toEqual(items);
    const { messages } = await world.harbor.conversations.messages(world.id);
    expect(messages.filter(({ content }) => content === 'How far?')).toHaveLength(1);
  });

  it('is gone on with live, too', async () => {
    const world = await launched();
    const options = { idempotencyKey: 'k' };
    const leaving = new AbortController();
    const first = follow(world, { ...options, signal: leaving.signal });
    await world.clock.advance(0);
    await say(world, works, word('a'));
    leaving.abort();
    await world.clock.advance(0);
    expect(first.seen.end).toBe('ended');
    const rest = follow(world, { ...options, after: first.items.at(-1)?.id });
    await world.clock.advance(0);
    expect(rest.items).toEqual([]);
    await say(world, word('b'), idle);
    expect(types(rest.frames())).toEqual(['content_delta', 'message_complete']);
  });

  it('of another history is told from its beginning, and says so', async () => {
    const world = await launched();
    const options = { idempotencyKey: 'k' };
    const whole = follow(world, options);
    await world.clock.advance(0);
    await say(world, works, word('a'), idle);
    const again = follow(world, { ...options, after: 'other-2' });
    await world.clock.advance(0);
    expect(again.frames()[0]).toMatchObject({ type: 'resync', reason: 'foreign-epoch' });
    expect(again.items.slice(1)).toEqual(whole.items);
  });

  it('is not begun by who wants to go on', async () => {
    const world = await launched();
    for (const options of [{ after: 'test-2' }, { after: 'test-2', idempotencyKey: 'unknown' }]) {
      const lost = follow(world, options);
      await world.clock.advance(0);
      expect(lost.seen.end).toMatchObject({ code: 'invalid-request' });
    }
    const { messages } = await world.harbor.conversations.messages(world.id);
    expect(messages.map(({ content }) => content)).toEqual(['Fix it']);
  });

  it('is bounded at its end', async () => {
    const world = await launched();
    const reply = follow(world);
    await world.clock.advance(0);
    await say(world, works, ...Array.from({ length: 12 }, () => word('x'.repeat(10_000))), idle);
    const complete = completeOf(reply.frames());
    expect(complete?.truncated).toBe(true);
    expect(complete?.final_content.length).toBeLessThanOrEqual(64 * 1024);
    expect(types(reply.frames()).filter((type) => type === 'content_delta')).toHaveLength(12);
  });

  it('is given as a page, as far as it is there', async () => {
    const world = await launched();
    const { conversations } = world.harbor;
    const { id } = await conversations.sendMessage(world.id, { content: 'x' });
    await say(world, works, word('a'));
    const page = await conversations.replyPage(world.id, id);
    expect([types(page.items), page.complete]).toEqual([['message_start', 'content_delta'], false]);
    await say(world, word('b'), idle);
    const rest = await conversations.replyPage(world.id, id, { after: page.after });
    expect([types(rest.items), rest.complete]).toEqual([['content_delta', 'message_complete'], true]);
    const none = await conversations.replyPage(world.id, id, { after: rest.after });
    expect([none.items, none.complete]).toEqual([[], true]);
  });
});
