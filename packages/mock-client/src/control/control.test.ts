import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import {
  type Catalogue,
  type EventLog,
  Problem,
  type TaskManager,
  type Workspaces,
} from '@agent-harbor/core';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { createMockClient, type MockClient, type MockClientOptions } from '../mock-client.ts';
import { createVirtualClock, type VirtualClock } from '../virtual-clock.ts';

const task: CreateTask = {
  prompt: 'Fix the failing test',
  repo: { mode: 'none' },
  agents: [{ type: 'mock', settings: { scenario: 'quick-edit' } }],
};

const waiting: CreateTask = {
  ...task,
  agents: [{ type: 'mock', settings: { scenario: 'long-running' } }],
};

const open = (options: MockClientOptions = {}): MockClient & { readonly clock: VirtualClock } => {
  const clock = createVirtualClock();
  const mock = createMockClient({ clock, ...options });
  onTestFinished(() => mock.close());
  return { ...mock, clock };
};

/** What became of a call: undefined while it is under way. */
const watch = <Result>(call: Promise<Result>) => {
  const seen: { result?: Result; code?: string } = {};
  call.then(
    (result) => {
      seen.result = result;
    },
    (error: unknown) => {
      seen.code = error instanceof Problem ? error.code : String(error);
    },
  );
  return seen;
};

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

/** Reads a stream in the background. */
const read = (
  { tasks, clock }: MockClient,
  sessionId: string,
  options: { readonly after?: string | undefined; readonly signal?: AbortSignal } = {},
) => {
  const ids: string[] = [];
  /** How long after it happened each event came. */
  const late: number[] = [];
  const reading = (async () => {
    for await (const { id, event } of tasks.subscribe(sessionId, options)) {
      ids.push(id);
      if ('ts' in event) late.push(clock.now() - Date.parse(String(event.ts)));
    }
    return 'ended' as const;
  })();
  return { ids, late, seen: watch(reading) };
};

describe('delays', () => {
  it('hold the answer back, not what was asked for', async () => {
    const mock = open({ delays: { launch: 200 } });
    const launching = watch(mock.tasks.launch(task));
    await mock.clock.advance(199);
    expect(launching.result).toBeUndefined();
    expect((await mock.tasks.listSessions()).items).toHaveLength(1);
    await mock.clock.advance(1);
    expect(launching.result?.id).toBe((await mock.tasks.listSessions()).items[0]?.id);
  });

  it('hold the call back when they say so', async () => {
    const mock = open();
    mock.control.delay('launch', { call: 100, answer: 50 });
    const launching = watch(mock.tasks.launch(task));
    await mock.clock.advance(99);
    expect((await mock.tasks.listSessions()).items).toEqual([]);
    await mock.clock.advance(1);
    expect((await mock.tasks.listSessions()).items).toHaveLength(1);
    expect(launching.result).toBeUndefined();
    await mock.clock.advance(50);
    expect(launching.result).toBeDefined();
  });

  it('of a method come before those of all, and failures take as long as answers', async () => {
    const mock = open({ delays: { '*': 10, getSession: 20 } });
    const one = watch(mock.catalogue.agents());
    const other = watch(mock.tasks.getSession('nobody'));
    await mock.clock.advance(10);
    expect(one.result).toBeDefined();
    await mock.clock.advance(9);
    expect(other).toEqual({});
    await mock.clock.advance(1);
    expect(other.code).toBe('session-not-found');
  });

  it('bring events later than they happen, and history with the answer', async () => {
    const mock = open({ delays: { subscribe: 500 } });
    const settings = { scenario: 'fix-failing-test' };
    const { id } = await mock.tasks.launch({ ...task, agents: [{ type: 'mock', settings }] });
    const early = read(mock, id);
    await mock.clock.advance(499);
    expect(early.ids).toEqual([]);
    await mock.clock.advance(1);
    expect(early.ids.length).toBeGreaterThan(0);

    await mock.clock.advance(60_000);
    expect(early.seen.result).toBe('ended');
    expect(early.late.slice(-3)).toEqual([500, 500, 500]);

    const startedAt = mock.clock.now();
    const again = read(mock, id);
    await mock.clock.advance(500);
    expect(again.seen.result).toBe('ended');
    expect(again.ids).toEqual(early.ids);
    expect(mock.clock.now() - startedAt).toBe(500);
  });

  it('end with the patience of the caller, and with the mock', async () => {
    const mock = open({ delays: { '*': 1_000 } });
    const patience = new AbortController();
    const given = watch(mock.tasks.initialTasks({ signal: patience.signal }));
    const left = watch(mock.tasks.initialTasks());
    const patient = watch(mock.tasks.initialTasks({ signal: new AbortController().signal }));
    const stream = read(mock, 'S', { signal: patience.signal });
    await mock.clock.advance(10);
    patience.abort();
    await mock.clock.advance(0);
    expect([given.code, stream.seen.result]).toEqual(['aborted', 'ended']);
    await mock.close();
    await mock.clock.advance(0);
    expect([left.code, patient.code]).toEqual(['aborted', 'aborted']);
    expect(await mock.clock.advanceToNext()).toBe(false);
  });
});

describe('a stream that is left', () => {
  it.each([
    ['late', (mock: MockClient) => mock.control.delay('subscribe', 500)],
    ['held back', (mock: MockClient) => void mock.control.hold('subscribe')],
  ])('ends at once, while its next event is %s', async (_, slow) => {
    const mock = open();
    const leaving = new AbortController();
    const { id } = await mock.tasks.launch(task);
    const { ids, seen } = read(mock, id, { signal: leaving.signal });
    await mock.clock.advance(0);
    const { length } = ids;
    slow(mock);
    // Until something has happened that is not told yet.
    while ((await mock.events.history(id, {})).items.length === length) await mock.clock.advanceToNext();
    await mock.clock.advance(0);
    leaving.abort();
    await mock.clock.advance(0);
    expect([ids.length, seen.result]).toEqual([length, 'ended']);
  });
});

describe('failures', () => {
  it('strike before anything happens, always, until they are taken back', async () => {
    const mock = open({ failures: { launch: 'rate-limited' } });
    expect(await codeOf(mock.tasks.launch(task))).toBe('rate-limited');
    expect(await codeOf(mock.tasks.launch(task))).toBe('rate-limited');
    expect((await mock.tasks.listSessions()).items).toEqual([]);
    const repair = mock.control.fail('listSessions', 'not-ready');
    expect(await codeOf(mock.tasks.listSessions())).toBe('not-ready');
    repair();
    expect(await codeOf(mock.tasks.listSessions())).toBeUndefined();
  });

  it('strike so many times', async () => {
    const mock = open({ failures: { initialTasks: { problem: 'connection-failed', times: 2 } } });
    const codes = [];
    for (let call = 0; call < 3; call += 1) codes.push(await codeOf(mock.tasks.initialTasks()));
    expect(codes).toEqual(['connection-failed', 'connection-failed', undefined]);
  });

  it('strike the calls they are meant for', async () => {
    const mock = open();
    const first = await mock.tasks.launch(task);
    const second = await mock.tasks.launch(task);
    mock.control.fail('getSession', {
      problem: 'forbidden',
      when({ args: [sessionId], count }) {
        expectTypeOf(sessionId).toEqualTypeOf<string>();
        return sessionId === second.id && count !== 3;
      },
    });
    expect(await codeOf(mock.tasks.getSession(first.id))).toBeUndefined();
    expect(await codeOf(mock.tasks.getSession(second.id))).toBe('forbidden');
    expect(await codeOf(mock.tasks.getSession(second.id))).toBeUndefined();
  });

  it('can lose the answer to what has happened, which a key makes safe to repeat', async () => {
    const mock = open();
    mock.control.fail('launch', { problem: 'connection-failed', at: 'answer', times: 1 });
    const options = { idempotencyKey: 'k' };
    expect(await codeOf(mock.tasks.launch(task, options))).toBe('connection-failed');
    const { id } = await mock.tasks.launch(task, options);
    expect((await mock.tasks.listSessions()).items.map((session) => session.id)).toEqual([id]);
  });

  it('give the very problem of the test; the latest comes first', async () => {
    const mock = open({ failures: { '*': 'internal' } });
    const problem = new Problem('rate-limited', { retryAfterSeconds: 7 });
    mock.control.fail('agents', { problem, times: 1 });
    await expect(mock.catalogue.agents()).rejects.toBe(problem);
    expect(await codeOf(mock.catalogue.agents())).toBe('internal');
  });

  it('can be in the way to a stream', async () => {
    const mock = open({ failures: { subscribe: { problem: 'not-ready', times: 1 } } });
    const { id } = await mock.tasks.launch(task);
    const [refused, other] = [read(mock, id), read(mock, id)];
    await mock.clock.advance(60_000);
    expect([refused.seen.code, refused.ids, other.seen.result]).toEqual(['not-ready', [], 'ended']);
  });

  it('break a stream after so many items, and it goes on where it broke', async () => {
    const mock = open({ failures: { subscribe: { problem: 'connection-failed', afterItems: 3, times: 2 } } });
    const { id } = await mock.tasks.launch(task);
    await mock.clock.advance(60_000);
    const all: string[] = [];
    const codes: (string | undefined)[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { ids, seen } = read(mock, id, { after: all.at(-1) });
      await mock.clock.advance(0);
      all.push(...ids);
      codes.push(seen.code);
    }
    expect(codes).toEqual(['connection-failed', 'connection-failed', undefined]);
    const { ids } = read(mock, id);
    await mock.clock.advance(0);
    expect(all).toEqual(ids);
  });

  it('break a stream before its first item', async () => {
    const mock = open({ failures: { subscribe: { problem: 'connection-failed', afterItems: 0 } } });
    const { id } = await mock.tasks.launch(task);
    const { ids, seen } = read(mock, id);
    await mock.clock.advance(0);
    expect([ids, seen.code]).toEqual([[], 'connection-failed']);
  });

  it('cut every stream that is open, while it waits', async () => {
    const mock = open();
    const { id } = await mock.tasks.launch(task);
    const { ids, seen } = read(mock, id);
    await mock.clock.advance(0);
    const before = [...ids];
    mock.control.cut();
    await mock.clock.advance(0);
    expect(seen.code).toBe('connection-failed');
    const rest = read(mock, id, { after: before.at(-1) });
    const whole = read(mock, id);
    await mock.clock.advance(60_000);
    expect([...before, ...rest.ids]).toEqual(whole.ids);
    mock.control.cut('internal');
    expect(rest.seen.result).toBe('ended');
  });

  it('cut a stream that is not open yet', async () => {
    const mock = open({ delays: { subscribe: 500 } });
    const { id } = await mock.tasks.launch(task);
    const { ids, seen } = read(mock, id);
    await mock.clock.advance(100);
    mock.control.cut('not-ready');
    await mock.clock.advance(0);
    expect([ids, seen.code]).toEqual([[], 'not-ready']);
  });

  it('cut terminals and replies, too', async () => {
    const mock = open();
    const agents = [{ type: 'mock', settings: { scenario: 'long-running', terminal: true } }] as const;
    const { id } = await mock.tasks.launch({ ...task, agents: [...agents] });
    const talking = await mock.tasks.launch(waiting);
    await mock.clock.advance(1_000);
    const readAll = <Item>(stream: AsyncIterable<Item>) => {
      const items: Item[] = [];
      const seen = watch(
        (async () => {
          for await (const item of stream) items.push(item);
        })(),
      );
      return { items, seen };
    };
    const shown = readAll(mock.terminals.watchTerminal(id));
    const told = readAll(mock.conversations.streamMessage(talking.id, { content: 'How far?' }));
    await mock.clock.advance(0);
    expect([shown.items.length > 0, told.items.length > 0]).toEqual([true, true]);
    mock.control.cut();
    await mock.clock.advance(0);
    expect([shown.seen.code, told.seen.code]).toEqual(['connection-failed', 'connection-failed']);

    mock.control.fail('watchTerminal', { problem: 'internal', afterItems: 1 });
    const one = readAll(mock.terminals.watchTerminal(id));
    await mock.clock.advance(0);
    expect([one.items, one.seen.code]).toEqual([shown.items.slice(0, 1), 'internal']);
  });

  it('cut the readers of terminals and replies, too', async () => {
    const mock = open();
    const agents = [{ type: 'mock', settings: { scenario: 'long-running', terminal: true } }] as const;
    const { id } = await mock.tasks.launch({ ...task, agents: [...agents] });
    const talking = await mock.tasks.launch(waiting);
    await mock.clock.advance(1_000);
    const sent = watch(mock.conversations.sendMessage(talking.id, { content: 'How far?' }));
    await mock.clock.advance(0);
    const { terminals, conversations } = mock.harbor;
    const terminal = await terminals.openTerminal(id);
    const whole = await terminal.next(1_000_000);
    const lines = whole?.lines?.text.split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(1);
    const reply = await conversations.openReply(talking.id, sent.result?.id ?? '');
    mock.control.cut();
    for (const reader of [terminal, reply])
      expect(await codeOf(reader.next(1_000_000))).toBe('connection-failed');

    mock.control.fail('watchTerminal', { problem: 'internal', afterItems: 1 });
    const short = await terminals.openTerminal(id);
    expect(await short.next(1_000_000)).toMatchObject({ lines: { count: 1, text: lines[0] } });
    expect(short.cursor).toBe('terminal-1');
    expect(await codeOf(short.next(1_000_000))).toBe('internal');
  });

  it('are refused for a call that is none', () => {
    expect(() => createMockClient({ failures: Object({ lanch: 'internal' }) })).toThrow(/"lanch".*launch/);
    expect(() => createMockClient({ delays: Object({ open: 1 }) })).toThrow(/"open"/);
    expect(() => open().control.hold(Object('description'))).toThrow(/subscribe/);
  });
});

describe('holds', () => {
  it('let answers come in the order of the test, with what was true when it was asked', async () => {
    const mock = open();
    const { id } = await mock.tasks.launch(task);
    const held = mock.control.hold('getSession');
    const first = watch(mock.tasks.getSession(id));
    const [one] = await held.until(1);
    await mock.clock.advance(60_000);
    const second = watch(mock.tasks.getSession(id));
    const [, two] = await held.until(2);
    two?.release();
    await mock.clock.advance(0);
    expect([first.result, second.result?.status]).toEqual([undefined, 'completed']);
    one?.release();
    await mock.clock.advance(0);
    // It was asked right behind the launch, so the session had hardly begun.
    expect(['queued', 'provisioning']).toContain(first.result?.status);
    expect(held.calls).toEqual([]);
  });

  it('hold calls before they happen when they say so', async () => {
    const mock = open();
    const held = mock.control.hold('launch', { at: 'call', when: ({ args }) => args[0].prompt !== 'now' });
    const slow = watch(mock.tasks.launch({ ...task, prompt: 'later' }));
    const fast = watch(mock.tasks.launch({ ...task, prompt: 'now' }));
    await mock.clock.advance(60_000);
    expect(slow).toEqual({});
    expect((await mock.tasks.listSessions()).items.map((session) => session.id)).toEqual([fast.result?.id]);
    const [call] = held.calls;
    expect(call).toMatchObject({ method: 'launch', count: 1, args: [{ prompt: 'later' }] });
    call?.fail('storage-full');
    await mock.clock.advance(0);
    expect(slow.code).toBe('storage-full');
  });

  it('let everything go when they end', async () => {
    const mock = open();
    const held = mock.control.hold('agents');
    const calls = [watch(mock.catalogue.agents()), watch(mock.catalogue.agents())];
    await held.until(2);
    held.end();
    await mock.catalogue.agents();
    expect(calls.map(({ result }) => result === undefined)).toEqual([false, false]);
  });

  it('stop a stream where it is', async () => {
    const mock = open();
    const { id } = await mock.tasks.launch(task);
    const { ids, seen } = read(mock, id);
    await mock.clock.advance(0);
    const before = ids.length;
    const held = mock.control.hold('subscribe');
    await mock.clock.advance(60_000);
    expect(ids).toHaveLength(before);
    expect(held.calls).toHaveLength(1);
    held.end();
    await mock.clock.advance(0);
    expect(seen.result).toBe('ended');
  });

  it('do not outlive the patience of a caller, a reset or the mock', async () => {
    const mock = open();
    const patience = new AbortController();
    const held = mock.control.hold('agents');
    const left = watch(mock.catalogue.agents({ signal: patience.signal }));
    await held.until(1);
    patience.abort();
    await mock.clock.advance(0);
    expect([left.code, held.calls]).toEqual(['aborted', []]);

    const freed = watch(mock.catalogue.agents());
    await held.until(1);
    mock.control.reset();
    await mock.clock.advance(0);
    expect(freed.result).toBeDefined();

    mock.control.hold('agents');
    const last = watch(mock.catalogue.agents());
    await mock.clock.advance(0);
    await mock.close();
    expect(last.code).toBe('aborted');
  });
});

describe('the readers of a skin', () => {
  const start = async (options: MockClientOptions = {}) => {
    const mock = open(options);
    const { id } = await mock.tasks.launch(task);
    await mock.clock.advance(60_000);
    const leaving = new AbortController();
    const request = { sessionId: id, signal: leaving.signal };
    return { mock, id, leaving, request, open: () => mock.harbor.events.open(request) };
  };

  it('break after so many events, and tell where', async () => {
    const { mock, request, ...reading } = await start({
      failures: { subscribe: { problem: 'connection-failed', afterItems: 2, times: 1 } },
    });
    const reader = await reading.open();
    const batch = await reader.next(1_000_000);
    expect(batch?.events).toHaveLength(2);
    expect([reader.cursor, reader.ended]).toEqual([batch?.cursor, false]);
    expect(reader.cursor).toMatch(/-2$/);
    expect(await codeOf(reader.next(1_000_000))).toBe('connection-failed');

    const rest = await mock.harbor.events.open({ ...request, after: reader.cursor });
    const more = await rest.next(1_000_000);
    expect(more?.events.length).toBeGreaterThan(5);
    expect(more?.events.map(({ seq }) => seq)).toEqual(more?.events.map((_, index) => index + 3));
    expect(await rest.next(1_000_000)).toBeUndefined();
    expect(rest.ended).toBe(true);
  });

  it('lose nothing when the failure is taken back meanwhile', async () => {
    const { mock, ...reading } = await start();
    const repair = mock.control.fail('subscribe', { problem: 'internal', afterItems: 2 });
    const reader = await reading.open();
    const seqs = (await reader.next(1_000_000))?.events.map(({ seq }) => seq) ?? [];
    repair();
    for (let batch = await reader.next(1); batch !== undefined; batch = await reader.next(1))
      seqs.push(...batch.events.map(({ seq }) => seq));
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(seqs.length).toBeGreaterThan(2);
  });

  it('are refused, held, late, cut and left as streams are', async () => {
    const { mock, leaving, ...reading } = await start({ delays: { subscribe: 10 } });
    const refuse = mock.control.fail('subscribe', 'forbidden');
    const refused = watch(reading.open());
    await mock.clock.advance(10);
    expect(refused.code).toBe('forbidden');
    refuse();

    const held = mock.control.hold('subscribe');
    const opening = watch(reading.open());
    await mock.clock.advance(10);
    expect([opening.result, held.calls.length]).toEqual([undefined, 1]);
    held.end();
    await mock.clock.advance(0);
    const reader = opening.result;
    mock.control.cut('internal');
    expect(await codeOf(Promise.resolve(reader?.next(1)))).toBe('internal');

    const last = watch(reading.open());
    await mock.clock.advance(10);
    leaving.abort();
    expect(await last.result?.next(1)).toBeUndefined();
  });

  it('are met in every scope', async () => {
    const { mock } = await start({ failures: { agents: 'forbidden' } });
    const narrow = mock.harbor.within({ tenantId: 't' });
    expect(await codeOf(narrow.catalogue.agents())).toBe('forbidden');
  });
});

describe('the names of calls', () => {
  it('belong to one port each', () => {
    expectTypeOf<keyof TaskManager & (keyof Workspaces | keyof Catalogue | keyof EventLog)>().toBeNever();
    expectTypeOf<keyof Workspaces & (keyof Catalogue | keyof EventLog)>().toBeNever();
    expectTypeOf<keyof Catalogue & keyof EventLog>().toBeNever();
  });
});

describe('reset', () => {
  it('takes back delays and failures', async () => {
    const mock = open({ delays: { '*': 100 }, failures: { '*': 'internal' } });
    mock.control.reset();
    expect(await mock.catalogue.agents()).not.toEqual([]);
  });
});

describe('an agent', () => {
  it('says what the test wants, and ends', async () => {
    const mock = open();
    const { id } = await mock.tasks.launch({
      ...task,
      agents: [{ type: 'mock', settings: { scenario: 'long-running' } }],
    });
    await mock.clock.advance(0);
    await mock.control.say(id, { type: 'thought', thought: 'Hm.' });
    await mock.control.say(id, { type: 'status', status: 'failed', reason: 'Enough.' });
    await mock.clock.advance(0);
    const { items } = await mock.events.history(id, { type: ['thought'], sort: 'asc' });
    expect(items.at(-1)).toMatchObject({ thought: 'Hm.' });
    expect(await mock.tasks.getSession(id)).toMatchObject({ status: 'failed', statusReason: 'Enough.' });
    await expect(mock.control.say(id, { type: 'thought', thought: 'More.' })).rejects.toMatchObject({
      code: 'wrong-state',
    });
  });
});
