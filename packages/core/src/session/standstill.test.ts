import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { openWorld, request, storyOf, type World } from '../testing/world.ts';

const begun = ['queued', 'provisioning', 'running'];

const launched = async (parts?: Parameters<typeof openWorld>[0]): Promise<World & { id: string }> => {
  const world = openWorld(parts);
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  return { ...world, id };
};
const paused = async (): Promise<World & { id: string }> => {
  const world = await launched();
  await world.harbor.tasks.pauseSession(world.id);
  await world.clock.advance(0);
  return world;
};
const statusOf = async ({ harbor, id }: World & { id: string }) =>
  (await harbor.tasks.getSession(id, { archived: true })).status;

/** A promise that a test keeps in hand. */
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

describe('pausing', () => {
  it('is told at once, is so when the processes stand still, and ends by resuming', async () => {
    const world = await launched();
    const { harbor, executor, clock, id } = world;
    const { opened, open } = gate();
    const { pause } = executor;
    executor.override('pause', (sessionId) => opened.then(() => pause(sessionId)));
    await harbor.tasks.pauseSession(id);
    expect(await statusOf(world)).toBe('pausing');
    open();
    await clock.advance(0);
    expect(await statusOf(world)).toBe('paused');
    expect(executor.stands(id)).toBe(true);

    await harbor.tasks.resumeSession(id);
    expect(await statusOf(world)).toBe('resuming');
    await clock.advance(0);
    expect(executor.stands(id)).toBe(false);
    executor.exit(id, { kind: 'exited', code: 0 });
    const went = ['pausing', 'paused', 'resuming', 'running', 'delivery', 'completed'];
    expect(await storyOf(harbor, id)).toEqual([...begun, ...went]);
    expect(clock.waiting).toBe(0);
  });

  it('what is wished already is left alone, and anything else names the state', async () => {
    const world = await launched({ maxConcurrentTasks: 1 });
    const { harbor, clock, executor, id } = world;
    const { tasks } = harbor;
    const queued = await tasks.launch(request);
    const refused = (call: Promise<unknown>, state: string) =>
      expect(call).rejects.toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(state) });
    await refused(tasks.pauseSession(queued.id), 'queued');
    await refused(tasks.resumeSession(queued.id), 'queued');
    await refused(tasks.resumeSession(id), 'running');
    const { opened, open } = gate();
    const { pause } = executor;
    executor.override('pause', (sessionId) => opened.then(() => pause(sessionId)));
    await Promise.all([tasks.pauseSession(id), tasks.pauseSession(id)]);
    await refused(tasks.resumeSession(id), 'pausing');
    open();
    await clock.advance(0);
    await tasks.pauseSession(id);
    expect(executor.asked.filter((line) => line.startsWith('pause'))).toHaveLength(1);
    // It holds its memory, so it holds its place.
    expect((await tasks.getSession(queued.id)).status).toBe('queued');
    const resuming = gate();
    const { resume } = executor;
    executor.override('resume', (sessionId) => resuming.opened.then(() => resume(sessionId)));
    await Promise.all([tasks.resumeSession(id), tasks.resumeSession(id)]);
    await refused(tasks.pauseSession(id), 'resuming');
    resuming.open();
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await refused(tasks.pauseSession(id), 'completed');
    await refused(tasks.resumeSession(id), 'completed');
  });

  it('is refused before a word of it where the host cannot', async () => {
    const world = await launched();
    const { harbor, executor, id } = world;
    const description = await executor.describe();
    executor.override('describe', async () => ({ ...description, pause: 'none' }));
    await expect(harbor.tasks.pauseSession(id)).rejects.toMatchObject({ code: 'pause-unsupported' });
    expect(await statusOf(world)).toBe('running');
  });

  it('that fails goes back, with the reason, and lets go what stands still already', async () => {
    const world = await launched();
    const { harbor, executor, clock, id } = world;
    executor.override('pause', async () => {
      throw new Problem('internal', { detail: 'one would not hear.' });
    });
    await harbor.tasks.pauseSession(id);
    await clock.advance(0);
    expect(await harbor.tasks.getSession(id)).toMatchObject({
      status: 'running',
      statusReason: 'It could not be paused: one would not hear.',
    });
    expect(executor.asked).toContain(`resume ${id}`);
  });

  it('that takes too long goes back, and what happens later is taken back', async () => {
    const world = await launched();
    const { harbor, executor, clock, id } = world;
    const { opened, open } = gate();
    const { pause } = executor;
    executor.override('pause', (sessionId) => opened.then(() => pause(sessionId)));
    await harbor.tasks.pauseSession(id);
    await clock.advance(19_999);
    expect(await statusOf(world)).toBe('pausing');
    await clock.advance(1);
    expect((await harbor.tasks.getSession(id)).statusReason).toContain('within 20 s');
    open();
    await clock.advance(0);
    expect(executor.stands(id)).toBe(false);
    expect(await statusOf(world)).toBe('running');
    expect(clock.waiting).toBe(0);
  });

  it('resuming that fails or takes too long leaves it paused', async () => {
    const world = await paused();
    const { harbor, executor, clock, id } = world;
    const { resume } = executor;
    executor.override('resume', () => new Promise(() => {}));
    await harbor.tasks.resumeSession(id);
    await clock.advance(20_000);
    expect(await harbor.tasks.getSession(id)).toMatchObject({
      status: 'paused',
      statusReason: expect.stringContaining('It could not be resumed'),
    });
    expect(executor.stands(id)).toBe(true);
    executor.override('resume', resume);
    await harbor.tasks.resumeSession(id);
    await clock.advance(0);
    expect(await statusOf(world)).toBe('running');
    expect((await harbor.tasks.getSession(id)).statusReason).toBeUndefined();
  });

  it.each([0, 1, 2, 3, 5, 8, 13, 21])('ends well when the agent does, %i steps later', async (steps) => {
    for (const code of [0, 3]) {
      const world = await launched();
      const { harbor, executor, clock, id } = world;
      const wished = harbor.tasks.pauseSession(id).catch(() => {});
      for (let step = 0; step < steps; step++) await Promise.resolve();
      executor.exit(id, { kind: 'exited', code });
      await wished;
      await clock.advance(0);
      expect(await statusOf(world)).toBe(code === 0 ? 'completed' : 'failed');
      expect(clock.waiting).toBe(0);
    }
  });

  it('an agent that ended well ran before it ended', async () => {
    const world = await launched();
    const { harbor, executor, id } = world;
    executor.override('pause', () => new Promise(() => {}));
    await harbor.tasks.pauseSession(id);
    executor.exit(id, { kind: 'turn-ended', stopReason: 'end_turn' });
    expect(await storyOf(harbor, id)).toEqual([...begun, 'pausing', 'running', 'delivery', 'completed']);
  });

  it('comes too late while the work is taken home', async () => {
    const { harbor, executor, clock, id } = await launched();
    const { opened, open } = gate();
    const { deliver } = executor;
    executor.override('deliver', (...args) => opened.then(() => deliver(...args)));
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await expect(harbor.tasks.pauseSession(id)).rejects.toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('its agent has ended'),
    });
    open();
    expect(await storyOf(harbor, id)).toEqual([...begun, 'delivery', 'completed']);
  });
});

describe('ending what stands still', () => {
  it('stop lets it go on and hear it', async () => {
    const { harbor, executor, id } = await paused();
    await harbor.tasks.stopSession(id);
    expect(executor.stands(id)).toBe(false);
    executor.exit(id, { kind: 'exited', code: 0 });
    const went = ['pausing', 'paused', 'stopping', 'delivery', 'stopped'];
    expect(await storyOf(harbor, id)).toEqual([...begun, ...went]);
  });

  it('stop while it is being paused wins', async () => {
    const { harbor, executor, clock, id } = await launched();
    const { opened, open } = gate();
    const { pause } = executor;
    executor.override('pause', (sessionId) => opened.then(() => pause(sessionId)));
    await harbor.tasks.pauseSession(id);
    await harbor.tasks.stopSession(id);
    open();
    await clock.advance(0);
    expect(executor.stands(id)).toBe(false);
    executor.exit(id, { kind: 'exited', code: 0 });
    expect((await storyOf(harbor, id)).slice(3)).toEqual(['pausing', 'stopping', 'delivery', 'stopped']);
  });

  it('cancel ends it', async () => {
    const { harbor, id } = await paused();
    await harbor.tasks.cancelSession(id);
    expect(await storyOf(harbor, id)).toEqual([...begun, 'pausing', 'paused', 'cancelled']);
  });
});

describe('a restart', () => {
  it.each(['pausing', 'paused', 'resuming'] as const)('goes on with a session that is %s', async (status) => {
    const journals: Parameters<typeof createFakeExecutor>[0] = new Map();
    const before = await launched({ executor: createFakeExecutor(journals) });
    const { id, store } = before;
    if (status === 'pausing') before.executor.override('pause', () => new Promise(() => {}));
    if (status === 'resuming') before.executor.override('resume', () => new Promise(() => {}));
    await before.harbor.tasks.pauseSession(id);
    await before.clock.advance(0);
    if (status === 'resuming') await before.harbor.tasks.resumeSession(id);
    expect(await statusOf(before)).toBe(status);
    await before.harbor.close();
    expect(before.clock.waiting).toBe(0);

    const after = openWorld({ store, executor: createFakeExecutor(journals) });
    await after.harbor.resume();
    await after.clock.advance(0);
    const stands = status !== 'resuming';
    expect((await after.harbor.tasks.getSession(id)).status).toBe(stands ? 'paused' : 'running');
    expect(after.executor.stands(id)).toBe(stands);
    if (stands) await after.harbor.tasks.resumeSession(id);
    await after.clock.advance(0);
    after.executor.exit(id, { kind: 'exited', code: 0 });
    const went = ['pausing', 'paused', 'resuming', 'running', 'delivery', 'completed'];
    expect(await storyOf(after.harbor, id)).toEqual([...begun, ...went]);
  });
});

describe('an idle agent', () => {
  const says = (reason?: string) =>
    ({
      at: 0,
      body: { type: 'status', status: 'running', ...(reason === undefined ? {} : { reason }) },
    }) as const;

  it('is told while the session runs', async () => {
    const world = await launched();
    const { harbor, executor, clock, id } = world;
    const reason = async () => (await harbor.tasks.getSession(id)).statusReason;
    executor.say(id, says('idle'));
    await clock.advance(0);
    expect(await reason()).toBe('idle');
    executor.say(id, says());
    await clock.advance(0);
    expect(await reason()).toBeUndefined();
    executor.say(id, says('idle'));
    await clock.advance(0);
    await harbor.tasks.pauseSession(id);
    await clock.advance(0);
    expect(await reason()).toBeUndefined();
    await harbor.tasks.resumeSession(id);
    await clock.advance(0);
    expect(await reason()).toBe('idle');
    executor.exit(id, { kind: 'turn-ended', stopReason: 'end_turn' });
    await clock.advance(0);
    expect(await harbor.tasks.getSession(id)).toMatchObject({ status: 'completed' });
    expect(await reason()).toBeUndefined();
    expect(await harbor.tasks.getSession(id)).not.toHaveProperty('runningReason');
  });

  it('is remembered, and not told, in any other state', async () => {
    const { harbor, executor, clock, id } = await paused();
    executor.say(id, says('idle'));
    await clock.advance(0);
    expect(await harbor.tasks.getSession(id)).toMatchObject({ status: 'paused', statusReason: undefined });
    await harbor.tasks.resumeSession(id);
    await clock.advance(0);
    expect(await harbor.tasks.getSession(id)).toMatchObject({ status: 'running', statusReason: 'idle' });
    await harbor.tasks.stopSession(id);
    executor.say(id, says());
    executor.exit(id, { kind: 'exited', code: 0 });
    const went = ['pausing', 'paused', 'resuming', 'running', 'stopping', 'delivery', 'stopped'];
    expect(await storyOf(harbor, id)).toEqual([...begun, ...went]);
  });
});
