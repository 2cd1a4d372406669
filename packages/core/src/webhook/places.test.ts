import { expect, test } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { log, openWorld, request, type World } from '../testing/world.ts';
import { createRecordingSender } from './recording-sender.ts';
import { usualRetry } from './retry.ts';
import type { WebhookAnswer, WebhookRequest } from './sender.ts';

const taken: WebhookAnswer = { kind: 'answered', status: 204 };
const refused: WebhookAnswer = { kind: 'answered', status: 500 };
const late: WebhookAnswer = { kind: 'failed', reason: 'There was no answer in time.' };
const answerMs = 10_000;

/** Receivers that hang, unless they are named: each request to one is held until the sender gives it up. */
const open = (parts: Partial<World> = {}) => {
  const clock = parts.clock ?? createManualClock();
  const requests: WebhookRequest[] = [];
  const swift = new Map<string, WebhookAnswer>();
  const sender = {
    ...createRecordingSender('test'),
    send: (asked: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> => {
      requests.push(asked);
      const answer = swift.get(asked.url);
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        clock.schedule(answerMs, () => resolve(late));
      });
    },
  };
  const world = openWorld({ ...parts, clock, webhooks: { sender } });
  const { harbor, executor } = world;
  return {
    ...world,
    requests,
    swift,
    to: (url: string) => requests.filter((asked) => asked.url === url).length,
    make: async (...urls: string[]) => {
      for (const url of urls) await harbor.webhooks.createWebhook({ url, events: ['session.log'] });
    },
    async launch() {
      const { id } = await harbor.tasks.launch(request);
      await clock.advance(0);
      return id;
    },
    async say(...ids: string[]) {
      for (const id of ids) executor.say(id, log('said', clock.now()));
      await clock.advance(0);
    },
  };
};

const many = (count: number, name: string): string[] =>
  Array.from({ length: count }, (_, index) => `https://${name}-${index}.example.test/`);
const good = 'https://good.example.test/';

test('many new receivers that all hang hold up no one that is known, and each holds one place', async () => {
  const world = open();
  world.swift.set(good, taken);
  await world.make(good);
  const sessions = [await world.launch(), await world.launch(), await world.launch(), await world.launch()];
  await world.say(...sessions);
  expect(world.to(good)).toBe(4);

  const bad = many(99, 'hangs');
  await world.make(...bad);
  await world.say(...sessions);
  expect(world.to(good)).toBe(8);
  expect(bad.map(world.to).filter((count) => count > 0)).toEqual(Array.from({ length: 32 }, () => 1));
  await world.harbor.close();
});

test('one that was never tried is served beside many that fail', async () => {
  const world = open();
  const session = await world.launch();
  const bad = many(99, 'hangs');
  for (const url of bad) world.swift.set(url, refused);
  await world.make(...bad);
  await world.say(session);
  expect(bad.every((url) => world.to(url) === 1)).toBe(true);
  world.swift.clear();
  await world.clock.advance(usualRetry.firstMs * 1.5);
  expect(bad.filter((url) => world.to(url) === 2)).toHaveLength(64);
  world.swift.set(good, taken);
  await world.make(good);
  await world.say(session);
  expect(world.to(good)).toBe(1);
  await world.harbor.close();
});

test('those that stall all of a sudden leave a place for each of the others', async () => {
  const world = open();
  const bad = many(40, 'stalls');
  for (const url of [good, ...bad]) world.swift.set(url, taken);
  await world.make(...bad, good);
  const sessions = [await world.launch(), await world.launch(), await world.launch(), await world.launch()];
  await world.say(...sessions);
  expect(bad.every((url) => world.to(url) === 4)).toBe(true);
  for (const url of bad) world.swift.delete(url);
  await world.say(...sessions);
  expect(world.to(good)).toBe(8);
  await world.harbor.close();
});

test('how a receiver got on is known after a restart, and forgotten with its url', async () => {
  const before = open();
  before.swift.set(good, taken);
  await before.make(good);
  const { harbor, store, executor, clock } = before;
  await before.say(await before.launch());
  await harbor.close();

  const world = open({ store, executor, clock });
  await world.harbor.resume();
  const sessions = [await world.launch(), await world.launch(), await world.launch(), await world.launch()];
  await world.say(...sessions);
  expect(world.to(good)).toBe(4);
  world.swift.set(good, taken);
  await clock.advance(2 * answerMs);
  const [webhook] = (await world.harbor.webhooks.listWebhooks()).items;
  const moved = 'https://moved.example.test/';
  await world.harbor.webhooks.updateWebhook(webhook?.id ?? '', { url: moved });
  await world.say(...sessions);
  expect(world.to(moved)).toBe(1);
  await world.harbor.close();
});
