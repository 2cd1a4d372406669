import type { Approval, CreateTask } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import type { Run } from '../executor/executor.ts';
import { Problem } from '../problem.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { openWorld, readAll, request, storyOf, type World } from '../testing/world.ts';

const launched = async (
  members: Partial<CreateTask> = {},
  parts?: Parameters<typeof openWorld>[0],
): Promise<World & { id: string }> => {
  const world = openWorld(parts);
  const { id } = await world.harbor.tasks.launch({ ...request, ...members });
  await world.clock.advance(0);
  return { ...world, id };
};

/** What was said to the agent, by whom. */
const inputsOf = async ({ harbor, executor, clock, id }: World & { id: string }) => {
  executor.exit(id, { kind: 'exited', code: 0 });
  await clock.advance(0);
  return (await readAll(harbor, id)).flatMap(({ event }) =>
    event.type === 'user_input' && 'content' in event && 'author' in event
      ? [`${event.author}: ${event.content}`]
      : [],
  );
};

const dies = () => new Problem('internal', { detail: 'The server died.' });

describe('a prompt', () => {
  it('is taken when it is written down, and told in the order taken', async () => {
    const world = await launched();
    const { harbor, clock, id } = world;
    const accepted = await harbor.tasks.promptSession(id, 'one');
    expect(accepted).toEqual({ sessionId: id, accepted: true, ts: new Date(clock.now()).toISOString() });
    await harbor.tasks.promptSession(id, [{ type: 'text', text: 'two' }], undefined);
    await harbor.tasks.promptSession(id, 'three', { by: 'me' });
    expect(await inputsOf(world)).toEqual(['local: one', 'local: two', 'me: three']);
  });

  it('is refused in every state but running, by its name', async () => {
    const world = await launched({}, { maxConcurrentTasks: 1 });
    const { harbor, executor, clock, id } = world;
    const { tasks } = harbor;
    const refused = (sessionId: string, code: string, state: string) =>
      expect(tasks.promptSession(sessionId, 'x')).rejects.toMatchObject({
        code,
        detail: expect.stringContaining(state),
      });
    const queued = await tasks.launch(request);
    await refused(queued.id, 'wrong-state', 'queued');
    await tasks.pauseSession(id);
    await clock.advance(0);
    await refused(id, 'wrong-state', 'paused');
    await tasks.resumeSession(id);
    await clock.advance(0);
    await tasks.stopSession(id);
    await refused(id, 'wrong-state', 'stopping');
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await refused(id, 'session-ended', 'stopped');
    await refused('nobody', 'session-not-found', 'nobody');
    expect(executor.asked.filter((line) => line.startsWith('prompt'))).toEqual([]);
  });

  it('has at most 16 KiB, counted in bytes', async () => {
    const { harbor, id } = await launched();
    const { tasks } = harbor;
    const tooLarge = { code: 'payload-too-large', detail: expect.stringContaining('16384') };
    await tasks.promptSession(id, 'x'.repeat(16_384));
    await expect(tasks.promptSession(id, 'x'.repeat(16_385))).rejects.toMatchObject(tooLarge);
    await expect(tasks.promptSession(id, 'ü'.repeat(8_193))).rejects.toMatchObject(tooLarge);
    const block = { type: 'text', text: 'x'.repeat(16_380) } as const;
    await expect(tasks.promptSession(id, [block])).rejects.toMatchObject(tooLarge);
    await expect(tasks.promptSession(id, '')).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('with a key happens once, also when the server dies between the journal and the reply', async () => {
    const journals: Parameters<typeof createFakeExecutor>[0] = new Map();
    const before = await launched({}, { executor: createFakeExecutor(journals) });
    const { store, id } = before;
    const { commit } = store;
    const key = { idempotencyKey: 'k' };
    let deaths = 0;
    Object.assign(store, {
      commit: async (changes: Parameters<typeof commit>[0]) => {
        if (changes.some(({ kind }) => kind === 'reply-stored') && deaths++ < 1) throw dies();
        return commit(changes);
      },
    });
    await expect(before.harbor.tasks.promptSession(id, 'once', key)).rejects.toMatchObject({
      code: 'internal',
    });
    await before.harbor.close();

    const after = openWorld({ store, executor: createFakeExecutor(journals) });
    await after.harbor.resume();
    await after.clock.advance(0);
    const { tasks } = after.harbor;
    const accepted = await tasks.promptSession(id, 'once', key);
    expect(accepted).toMatchObject({ sessionId: id, accepted: true });
    await after.clock.advance(5_000);
    expect(await tasks.promptSession(id, 'once', key)).toEqual(accepted);
    // Another key is another prompt, the same key with other words is no prompt at all.
    await tasks.promptSession(id, 'once', { idempotencyKey: 'other' });
    await expect(tasks.promptSession(id, 'twice', key)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    expect(await inputsOf({ ...after, id })).toEqual(['local: once', 'local: once']);
  });

  it('with a key is taken for good, also when the session ends before the reply', async () => {
    const world = await launched();
    const { harbor, executor, clock, store, id } = world;
    const { commit } = store;
    const disk = { isFull: true };
    Object.assign(store, {
      commit: async (changes: Parameters<typeof commit>[0]) => {
        if (disk.isFull && changes.some(({ kind }) => kind === 'reply-stored')) throw dies();
        return commit(changes);
      },
    });
    executor.ask(id, 'a');
    await clock.advance(0);
    const prompt = (idempotencyKey: string) => harbor.tasks.promptSession(id, 'once', { idempotencyKey });
    const answer = (idempotencyKey: string) =>
      harbor.tasks.answerApproval(id, 'a', { outcome: 'denied' }, { idempotencyKey });
    await expect(prompt('k')).rejects.toMatchObject({ code: 'internal' });
    await expect(answer('k')).rejects.toMatchObject({ code: 'internal' });
    disk.isFull = false;
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    expect(await prompt('k')).toMatchObject({ sessionId: id, accepted: true });
    expect(await answer('k')).toMatchObject({ state: 'answered', outcome: 'denied' });
    await expect(prompt('late')).rejects.toMatchObject({ code: 'session-ended' });
    await expect(answer('late')).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await inputsOf(world)).toEqual(['local: once']);
  });

  it('that the agent does not take, or nobody hears any more, says so', async () => {
    const { harbor, executor, clock, id } = await launched();
    executor.override('prompt', async () => {
      throw new Problem('prompt-unsupported');
    });
    await expect(harbor.tasks.promptSession(id, 'x')).rejects.toMatchObject({ code: 'prompt-unsupported' });
    const resumed = () => harbor.tasks.resumeSession(id, { prompt: 'x' });
    await expect(resumed()).rejects.toMatchObject({ code: 'wrong-state' });
    await harbor.tasks.pauseSession(id);
    await clock.advance(0);
    await expect(resumed()).rejects.toMatchObject({ code: 'prompt-unsupported' });
    expect((await harbor.tasks.getSession(id)).status).toBe('paused');
  });

  it('comes with resuming', async () => {
    const world = await launched();
    const { harbor, executor, clock, id } = world;
    const key = { idempotencyKey: 'k' };
    await harbor.tasks.pauseSession(id);
    await clock.advance(0);
    for (let times = 0; times < 2; times++) await harbor.tasks.resumeSession(id, { prompt: 'go on' }, key);
    await clock.advance(0);
    expect((await harbor.tasks.getSession(id)).status).toBe('running');
    expect(executor.asked.filter((line) => line.startsWith('prompt'))).toHaveLength(1);
    expect(await inputsOf(world)).toEqual(['local: go on']);
  });
});

describe('a permission request', () => {
  const openOne = async (parts?: Parameters<typeof openWorld>[0]) => {
    const world = await launched({}, parts);
    world.executor.ask(world.id, 'a');
    await world.clock.advance(0);
    return world;
  };

  it('is listed while it is open and after it is answered, and the answer is in the log', async () => {
    const { harbor, executor, clock, id } = await openOne();
    const { tasks } = harbor;
    const open = await tasks.listApprovals({ sessionId: id, state: 'requested' });
    expect(open.items).toMatchObject([
      { id: 'a', sessionId: id, state: 'requested', title: 'Run npm install' },
    ]);
    const given = { outcome: 'allowed', note: 'this once' } as const;
    const answered = await tasks.answerApproval(id, 'a', given, { by: 'me' });
    expect(answered).toMatchObject({
      state: 'answered',
      outcome: 'allowed',
      optionId: 'yes',
      by: 'me',
      note: 'this once',
    });
    expect((await tasks.listApprovals()).items).toEqual([answered]);
    expect((await tasks.listApprovals({ state: 'requested' })).items).toEqual([]);
    executor.exit(id, { kind: 'exited', code: 0 });
    expect((await storyOf(harbor, id)).slice(3)).toEqual(['approval', 'approval', 'delivery', 'completed']);
    expect((await tasks.listApprovals({ sessionId: id })).items).toEqual([answered]);
    expect(clock.waiting).toBe(0);
  });

  it('takes the first answer', async () => {
    const { harbor, id } = await openOne();
    const { tasks } = harbor;
    const outcomes = await Promise.allSettled([
      tasks.answerApproval(id, 'a', { optionId: 'no' }, { by: 'one' }),
      tasks.answerApproval(id, 'a', { optionId: 'yes' }, { by: 'two' }),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { outcome: 'denied', by: 'one' } },
      { status: 'rejected', reason: { code: 'wrong-state' } },
    ]);
    expect((await tasks.listApprovals()).items).toMatchObject([{ by: 'one' }]);
  });

  it('that is unknown, or an answer that was not offered, is refused', async () => {
    const { harbor, executor, clock, id } = await openOne();
    const { tasks } = harbor;
    const yes = { outcome: 'allowed' } as const;
    const code = (code: string) => ({ code });
    await expect(tasks.answerApproval('nobody', 'a', yes)).rejects.toMatchObject(code('session-not-found'));
    await expect(tasks.answerApproval(id, 'b', yes)).rejects.toMatchObject(code('approval-not-found'));
    await expect(tasks.answerApproval(id, 'a', { optionId: 'maybe' })).rejects.toMatchObject(
      code('invalid-request'),
    );
    await expect(tasks.listApprovals({ sessionId: 'nobody' })).rejects.toMatchObject(
      code('session-not-found'),
    );
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await expect(tasks.answerApproval(id, 'a', yes)).rejects.toMatchObject(code('wrong-state'));
  });

  it('is withdrawn when its session ends, before the last word', async () => {
    const { harbor, executor, clock, id } = await openOne();
    executor.ask(id, 'b', 'Another one');
    await clock.advance(0);
    await harbor.tasks.cancelSession(id);
    const items = await readAll(harbor, id);
    expect(items.slice(-3).map(({ event }) => event)).toMatchObject([
      { type: 'approval', approvalId: 'a', state: 'expired', outcome: 'cancelled' },
      { type: 'approval', approvalId: 'b', state: 'expired', outcome: 'cancelled' },
      { type: 'status', status: 'cancelled' },
    ]);
    const { items: left } = await harbor.tasks.listApprovals();
    expect(left.map(({ state, outcome }) => [state, outcome])).toEqual([
      ['expired', 'cancelled'],
      ['expired', 'cancelled'],
    ]);
  });

  it('survives a restart, and an answer with a key happens once across it', async () => {
    const journals: Parameters<typeof createFakeExecutor>[0] = new Map();
    const before = await openOne({ executor: createFakeExecutor(journals) });
    const { store, id } = before;
    await before.harbor.close();
    // The answer reaches the journal, and the server dies before it stores the reply.
    const { commit } = store;
    let deaths = 0;
    Object.assign(store, {
      commit: async (changes: Parameters<typeof commit>[0]) => {
        if (changes.some(({ kind }) => kind === 'reply-stored') && deaths++ < 1) throw dies();
        return commit(changes);
      },
    });
    const key = { idempotencyKey: 'k' };
    const answer = async (): Promise<Approval> => {
      const world = openWorld({ store, executor: createFakeExecutor(journals) });
      await world.harbor.resume();
      await world.clock.advance(0);
      try {
        return await world.harbor.tasks.answerApproval(id, 'a', { outcome: 'denied' }, key);
      } finally {
        await world.harbor.close();
      }
    };
    await expect(answer()).rejects.toMatchObject({ code: 'internal' });
    const answered = await answer();
    expect(answered).toMatchObject({ state: 'answered', outcome: 'denied' });
    expect(await answer()).toEqual(answered);
    const events = await store.countEvents({ scope: { tenantId: null }, sessionId: id, types: ['approval'] });
    expect(events).toBe(2);
  });

  it('whose answer the store cannot take yet asks for patience', async () => {
    const { harbor, executor, clock, id } = await openOne();
    executor.override('answer', async () => {});
    const answered = harbor.tasks.answerApproval(id, 'a', { outcome: 'allowed' });
    const refused = expect(answered).rejects.toMatchObject({ code: 'not-ready', retryAfterSeconds: 1 });
    await clock.advance(20_000);
    await refused;
    const leave = new AbortController();
    const left = harbor.tasks.answerApproval(id, 'a', { outcome: 'allowed' }, { signal: leave.signal });
    const aborted = expect(left).rejects.toMatchObject({ code: 'aborted' });
    await clock.advance(0);
    leave.abort();
    await aborted;
    expect(clock.waiting).toBe(0);
  });

  it('is seen in its tenant only', async () => {
    const { harbor, executor, clock, id } = await launched({ tenantId: 't1' });
    executor.ask(id, 'a');
    await clock.advance(0);
    const foreign = harbor.within({ tenantId: 't2' }).tasks;
    expect((await foreign.listApprovals()).items).toEqual([]);
    const unknown = { code: 'session-not-found' };
    await expect(foreign.listApprovals({ sessionId: id })).rejects.toMatchObject(unknown);
    await expect(foreign.answerApproval(id, 'a', { outcome: 'allowed' })).rejects.toMatchObject(unknown);
    await expect(foreign.promptSession(id, 'x')).rejects.toMatchObject(unknown);
    await expect(foreign.pauseSession(id)).rejects.toMatchObject(unknown);
    await expect(foreign.resumeSession(id)).rejects.toMatchObject(unknown);
    const own = harbor.within({ tenantId: 't1' }).tasks;
    expect((await own.listApprovals()).total).toBe(1);
    expect(await own.answerApproval(id, 'a', { outcome: 'denied' })).toMatchObject({ outcome: 'denied' });
  });
});

describe('what the executor is told of a task', () => {
  it.each([
    [{}, 0],
    [{ interactive: true }, 1_800_000],
    [{ interactive: true, idleTimeoutSeconds: 5 }, 5_000],
    [{ interactive: false, idleTimeoutSeconds: 7 }, 7_000],
    [{ idleTimeoutSeconds: 0 }, 0],
  ] as const)('%j waits %i ms for the next prompt', async (members, idleTimeoutMs) => {
    const executor = createFakeExecutor();
    const runs: Run[] = [];
    const { provision } = executor;
    executor.override('provision', (run, signal) => {
      runs.push(run);
      return provision(run, signal);
    });
    const approvals = { default: 'deny' } as const;
    await launched({ ...members, approvals: { onExpiry: 'allow' } }, { executor, approvals });
    expect(runs).toMatchObject([
      {
        idleTimeoutMs,
        approvals: { default: 'deny', onExpiry: 'allow', rules: [], expiresAfterSeconds: 600 },
      },
    ]);
  });
});
