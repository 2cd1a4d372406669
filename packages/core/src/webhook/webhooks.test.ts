import { expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory/index.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { recordMetrics } from '../testing/telling.ts';
import { log, openWorld, request, type World } from '../testing/world.ts';
import { createRecordingSender, type RecordingSender } from './recording-sender.ts';
import { usualRetry } from './retry.ts';
import type { WebhookAnswer, WebhookRequest } from './sender.ts';

const url = 'https://hooks.example.test/a';
const dead: WebhookAnswer = { kind: 'answered', status: 500 };
const taken: WebhookAnswer = { kind: 'answered', status: 200 };

interface Hooked extends World {
  readonly sender: RecordingSender;
  /** What the receivers say from now on. */
  answer: (request: WebhookRequest) => WebhookAnswer;
}

const open = (parts: Parameters<typeof openWorld>[0] & { retry?: { attempts: number } } = {}): Hooked => {
  const hooked: Pick<Hooked, 'answer'> = { answer: () => taken };
  const sender = createRecordingSender('test', (asked) => hooked.answer(asked));
  const { retry, ...world } = parts;
  return Object.assign(hooked, openWorld({ ...world, webhooks: { sender, retry } }), { sender });
};

const seqs = ({ requests }: Pick<RecordingSender, 'requests'>, sessionId?: string): number[] =>
  requests
    .map(({ body }) => JSON.parse(body).data)
    .filter((data) => sessionId === undefined || data.sessionId === sessionId)
    .map(({ seq }) => seq);

const say = async ({ executor, clock }: World, id: string, ...words: string[]) => {
  executor.say(id, ...words.map((word) => log(word, clock.now())));
  await clock.advance(0);
};

/** A session that runs. */
const launch = async ({ harbor, clock }: World, members: object = {}): Promise<string> => {
  const { id } = await harbor.tasks.launch({ ...request, ...members });
  await clock.advance(0);
  return id;
};

test('a task names who is told: every event it asks for, in order, with ids that stay', async () => {
  const world = open();
  const launched = await world.harbor.tasks.launch({
    ...request,
    webhooks: [
      { event: 'session.completed', url },
      { event: 'session.log', url },
    ],
  });
  const { id } = launched;
  await world.clock.advance(0);
  await say(world, id, 'one', 'two');
  world.executor.exit(id, { kind: 'exited', code: 0 });
  await world.clock.advance(0);
  const types = world.sender.requests.map(({ body }) => JSON.parse(body).type);
  expect(types).toEqual(['session.log', 'session.log', 'session.completed']);
  const [first] = world.sender.requests;
  expect(first).toMatchObject({ url, id: `msg_test_${id}_4`, secrets: [launched.webhooks?.[0]?.secret] });
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    type: 'session.log',
    timestamp: '2026-01-02T03:04:05.678Z',
    data: { sessionId: id, taskId: launched.task_id, seq: 4, event: { type: 'log', message: 'one', seq: 4 } },
  });
  expect(launched.webhooks).toHaveLength(1);
  const task = await world.store.task({ tenantId: null }, launched.task_id);
  expect(JSON.stringify(task)).not.toContain('whsec_');
  await world.harbor.close();
});

test('a message that is not taken holds back its session at its webhook, and nothing else', async () => {
  const world = open();
  const { harbor, clock, sender } = world;
  await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  await harbor.webhooks.createWebhook({ url: `${url}/other`, events: ['session.log'] });
  const [slow, quick] = [await launch(world), await launch(world)];
  world.answer = (asked) => (asked.url === url && asked.id.includes(slow) ? dead : taken);
  await say(world, slow, 'one', 'two');
  await say(world, quick, 'one', 'two');
  const to = (session: string, at: string) =>
    seqs({ requests: sender.requests.filter((asked) => asked.url === at) }, session);
  expect(to(slow, url)).toEqual([4]);
  expect(to(slow, `${url}/other`)).toEqual([4, 5]);
  expect(to(quick, url)).toEqual([4, 5]);
  expect(
    await harbor.webhooks.getWebhook((await harbor.webhooks.listWebhooks()).items[1]?.id ?? ''),
  ).toMatchObject({ waitingSessions: 1, deadLetters: 0 });
  world.answer = () => taken;
  await clock.advance(6_000);
  expect(to(slow, url)).toEqual([4, 4, 5]);
  await harbor.close();
});

test('what is not taken at last is a dead letter, and is sent again when somebody says so', async () => {
  const { metrics, told } = recordMetrics();
  const world = open({ retry: { attempts: 2 }, metrics });
  const { harbor, clock, sender } = world;
  const { id } = await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(world);
  world.answer = (asked) => (asked.id.endsWith('_4') ? dead : taken);
  await say(world, session, 'one', 'two');
  await clock.advance(7_000);
  expect(seqs(sender)).toEqual([4, 4, 5]);
  const letters = await harbor.webhooks.webhookDeliveries(id, { state: 'dead' });
  expect(letters.items).toMatchObject([
    { seq: 4, attempts: 2, status: 500, error: 'The receiver answered 500.', event: 'session.log' },
  ]);
  world.answer = () => taken;
  expect(await harbor.webhooks.replayWebhook(id, { ids: [letters.items[0]?.id ?? ''] })).toEqual({
    messages: 1,
    sessions: 0,
  });
  await clock.advance(0);
  expect(seqs(sender)).toEqual([4, 4, 5, 4]);
  expect((await harbor.webhooks.webhookDeliveries(id, { state: 'dead' })).items).toEqual([]);
  expect((await harbor.webhooks.webhookDeliveries(id)).items.map(({ seq, state }) => [seq, state])).toEqual([
    [5, 'delivered'],
    [4, 'delivered'],
  ]);
  expect(told.filter(([fact]) => fact === 'webhookAttempted').map(([, outcome]) => outcome)).toEqual([
    'retry',
    'dead',
    'delivered',
    'delivered',
  ]);
  await harbor.close();
});

test('all dead letters, a session after an event, and a time can be gone back to', async () => {
  const world = open({ retry: { attempts: 1 } });
  const { harbor, clock, sender } = world;
  const { id } = await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(world);
  world.answer = () => dead;
  await say(world, session, 'one', 'two', 'three');
  await clock.advance(60_000);
  world.answer = () => taken;
  expect(await harbor.webhooks.replayWebhook(id, { deadLetters: true })).toEqual({
    messages: 3,
    sessions: 0,
  });
  await clock.advance(0);
  expect(seqs(sender).slice(3)).toEqual([4, 5, 6]);
  expect(await harbor.webhooks.replayWebhook(id, { sessionId: session, after: 4 })).toEqual({
    messages: 0,
    sessions: 1,
  });
  await clock.advance(0);
  expect(seqs(sender).slice(6)).toEqual([5, 6]);
  await say(world, session, 'four');
  const since = new Date(clock.now()).toISOString();
  expect(await harbor.webhooks.replayWebhook(id, { since })).toEqual({ messages: 0, sessions: 1 });
  await clock.advance(0);
  expect(seqs(sender).slice(8)).toEqual([7, 7]);
  await harbor.close();
});

test('a receiver that is gone ends its webhook; enabled again it gets what it missed', async () => {
  const world = open();
  const { harbor, clock, sender } = world;
  const { id } = await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(world);
  world.answer = () => ({ kind: 'answered', status: 410 });
  await say(world, session, 'one');
  expect(await harbor.webhooks.getWebhook(id)).toMatchObject({
    state: 'disabled',
    reason: expect.stringContaining('410'),
  });
  await say(world, session, 'two');
  await clock.advance(86_400_000);
  expect(seqs(sender)).toEqual([4]);
  world.answer = () => taken;
  const enabled = await harbor.webhooks.updateWebhook(id, { state: 'enabled' });
  expect(enabled.reason).toBeUndefined();
  await clock.advance(0);
  expect(seqs(sender)).toEqual([4, 4, 5]);
  await harbor.close();
});

test('a webhook goes on where it was after a restart, and sends nothing twice that was taken', async () => {
  const store = createMemoryStore({ epoch: 'test' });
  const journals: Parameters<typeof createFakeExecutor>[0] = new Map();
  const clock = createManualClock();
  const first = open({ store, clock, executor: createFakeExecutor(journals) });
  await first.harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(first);
  await say(first, session, 'one');
  first.answer = () => dead;
  await say(first, session, 'two', 'three');
  expect(seqs(first.sender)).toEqual([4, 5]);
  await first.harbor.close();
  const second = open({ store, clock, executor: createFakeExecutor(journals) });
  await second.harbor.resume();
  await say(second, session, 'four');
  await clock.advance(7_000);
  expect(seqs(second.sender)).toEqual([5, 6, 7]);
  await second.harbor.close();
});

test('events that left the log before they were sent are told as a dead letter, never skipped in silence', async () => {
  const world = open();
  const { harbor, clock, sender, store } = world;
  const { id } = await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(world);
  world.answer = () => dead;
  await say(world, session, 'one', 'two', 'three');
  await store.commit([{ kind: 'events-pruned', sessionId: session, through: 5 }]);
  world.answer = () => taken;
  await clock.advance(7_000);
  expect(seqs(sender)).toEqual([4, 6]);
  expect((await harbor.webhooks.webhookDeliveries(id, { state: 'dead' })).items).toMatchObject([
    { seq: 5, error: 'Events 4 to 5 left the log before they could be sent.' },
  ]);
  await harbor.close();
});

test('a secret that is replaced signs on for its time', async () => {
  const world = open();
  const { harbor, clock, sender } = world;
  const made = await harbor.webhooks.createWebhook({ url });
  const rotated = await harbor.webhooks.rotateWebhookSecret(made.id, { keepSeconds: 60 });
  await harbor.webhooks.testWebhook(made.id);
  await clock.advance(61_000);
  expect(await harbor.webhooks.testWebhook(made.id)).toMatchObject({ delivered: true, status: 200 });
  expect(sender.requests.map(({ secrets }) => secrets)).toEqual([
    [rotated.secret, made.secret],
    [rotated.secret],
  ]);
  expect(sender.requests[0]?.id).toMatch(/^msg_test_/);
  await harbor.close();
});

test('a webhook is its tenant’s, and hears of its tenant only', async () => {
  const world = open();
  const { harbor, sender } = world;
  const acme = harbor.within({ tenantId: 'acme' });
  const { id } = await acme.webhooks.createWebhook({ url, events: ['session.log'] });
  const own = await launch(world, { tenantId: 'acme' });
  const foreign = await launch(world, { tenantId: 'other' });
  await say(world, own, 'one');
  await say(world, foreign, 'one');
  expect(seqs(sender, own)).toEqual([4]);
  expect(seqs(sender, foreign)).toEqual([]);
  const other = harbor.within({ tenantId: 'other' }).webhooks;
  await expect(other.getWebhook(id)).rejects.toMatchObject({ code: 'webhook-not-found' });
  await expect(other.replayWebhook(id, { deadLetters: true })).rejects.toMatchObject({
    code: 'webhook-not-found',
  });
  await expect(acme.webhooks.replayWebhook(id, { sessionId: foreign, after: 0 })).rejects.toMatchObject({
    code: 'session-not-found',
  });
  await harbor.close();
});

test('a host that sends no webhooks says so', async () => {
  const { harbor } = openWorld();
  await expect(harbor.webhooks.createWebhook({ url })).rejects.toMatchObject({ code: 'invalid-request' });
  const webhooks = [{ event: 'session.*', url }] as const;
  await expect(harbor.tasks.launch({ ...request, webhooks: [...webhooks] })).rejects.toMatchObject({
    code: 'invalid-request',
  });
  await harbor.close();
});

test('a message is tried again when the schedule says so, to the millisecond, and is a dead letter after that', async () => {
  const world = open();
  const { harbor, clock, sender } = world;
  const { id } = await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
  const session = await launch(world);
  const times: number[] = [];
  world.answer = () => {
    times.push(clock.now());
    return dead;
  };
  await say(world, session, 'one');
  for (let attempt = 1; attempt < usualRetry.attempts; attempt++) {
    const [letter] = (await harbor.webhooks.webhookDeliveries(id)).items;
    expect(letter).toMatchObject({ state: 'retrying', attempts: attempt, status: 500 });
    const due = Date.parse(letter?.nextAttemptAt ?? '');
    const usual = Math.min(usualRetry.firstMs * usualRetry.factor ** (attempt - 1), usualRetry.maxMs);
    const waited = due - (times.at(-1) ?? 0);
    expect(waited).toBeGreaterThanOrEqual(usual);
    expect(waited).toBeLessThanOrEqual(usual * 1.2);
    await clock.advance(due - 1 - clock.now());
    expect(times).toHaveLength(attempt);
    await clock.advance(1);
    expect(times).toHaveLength(attempt + 1);
    expect(times.at(-1)).toBe(due);
  }
  expect((await harbor.webhooks.webhookDeliveries(id)).items).toMatchObject([
    { state: 'dead', attempts: 12 },
  ]);
  expect(new Set(sender.requests.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  await clock.advance(10 * 86_400_000);
  expect(times).toHaveLength(12);
  await harbor.close();
});

test('a url that the sender refuses is no webhook, whoever brings it', async () => {
  const recording = createRecordingSender('test');
  const refusal = (asked: string) => (asked.includes('private') ? 'is at no public address' : undefined);
  const { harbor } = openWorld({ webhooks: { sender: { ...recording, refusal } } });
  const at = (field: string) => ({
    code: 'invalid-request',
    errors: { [field]: ['is at no public address'] },
  });
  const inside = 'https://private.example.test/';
  await expect(harbor.webhooks.createWebhook({ url: inside })).rejects.toMatchObject(at('url'));
  const { id } = await harbor.webhooks.createWebhook({ url });
  await expect(harbor.webhooks.updateWebhook(id, { url: inside })).rejects.toMatchObject(at('url'));
  const webhooks = [
    { event: 'session.*', url },
    { event: 'session.*', url: inside },
  ] as const;
  await expect(harbor.tasks.launch({ ...request, webhooks: [...webhooks] })).rejects.toMatchObject(
    at('webhooks.1.url'),
  );
  expect((await harbor.webhooks.getWebhook(id)).url).toBe(url);
  expect(recording.requests).toEqual([]);
  await harbor.close();
});
