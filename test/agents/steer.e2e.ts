import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Frame, story } from '../e2e/api.ts';
import { processesIn } from './processes-in.ts';
import { fileOn, openShop, type Shop } from './shop.ts';
import { demandPrograms, vendors } from './vendors.ts';

let shop: Shop | undefined;
beforeAll(demandPrograms);
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

const isStatus =
  (status: string) =>
  ({ event }: Frame): boolean =>
    event.type === 'status' && event.status === status;

/** The third answer waits: the agent has read and edited, and is about to run the tests. */
const whileItWaits = async (vendor: (typeof vendors)[number], ms: number) => {
  const opened = await openShop();
  shop = opened;
  await opened.models.fault({ kind: 'latency', ms, skip: 2, count: 1 });
  const session = await opened.launch(vendor, { delivery: { mode: 'branch', targetBranch: 'mended' } });
  await opened.models.asked(2);
  return { shop: opened, session };
};

/** Where what belongs to a session works. */
const placeOf = ({ server }: Shop, session: string) => `${server.stateDir}/sessions/${session}`;

/** What the model was asked that no scenario expects: nothing. */
const surprises = async ({ models }: Shop) =>
  (await models.requests()).flatMap(({ difference }) => difference ?? []);

describe.each(vendors)('$type', (vendor) => {
  test('works on while the server is killed, and what it did is known to the next one', async () => {
    const { shop, session } = await whileItWaits(vendor, 4_000);
    const before = await (await shop.api()).frames(
      session,
      undefined,
      ({ event }) => event.type === 'file_edit',
    );
    const there = processesIn(placeOf(shop, session));
    await shop.restart();
    expect(processesIn(placeOf(shop, session)).filter((pid) => there.includes(pid))).not.toEqual([]);
    const frames = await (await shop.api()).frames(session);
    expect(story(frames).at(-1), JSON.stringify(frames.slice(-3))).toBe('completed');
    expect(frames.map(({ event }) => event.seq)).toEqual(frames.map((_, index) => index + 1));
    expect(frames.slice(0, before.length).map(({ event }) => event)).toEqual(
      before.map(({ event }) => event),
    );
    expect(await surprises(shop)).toEqual([]);
    // Nobody began anew: the model was asked for each answer once.
    const answers = (await shop.models.requests()).map(({ response }) => response);
    expect(answers).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await fileOn(shop, 'mended', 'src/cart.js')).toContain('item.price * item.quantity');
  });

  test('stands still while it is paused, whatever the model answers, and goes on', async () => {
    const { shop, session } = await whileItWaits(vendor, 2_000);
    const api = await shop.api();
    await api.json('POST', `/api/v1/sessions/${session}/pause`);
    await api.frames(session, undefined, isStatus('paused'));
    const asked = (await shop.models.requests()).length;
    // The answer has come by then, and nobody takes it.
    await sleep(4_000);
    expect((await shop.models.requests()).length).toBe(asked);
    await api.json('POST', `/api/v1/sessions/${session}/resume`);
    const frames = await api.frames(session);
    expect(story(frames).at(-1), JSON.stringify(frames.slice(-3))).toBe('completed');
    expect(await surprises(shop)).toEqual([]);
    expect(await fileOn(shop, 'mended', 'src/cart.js')).toContain('item.price * item.quantity');
  });

  test('changes nothing without leave', async () => {
    shop = await openShop({ plays: 'leave-it', isStrict: false, files: vendor.asks.files ?? {} });
    const approvals = {
      default: 'allow',
      rules: vendor.asks.denied.map((tool) => ({ tool, decision: 'deny' })),
    };
    const session = await shop.launch(vendor, { approvals }, vendor.asks.settings);
    const api = await shop.api();
    const frames = await api.frames(session);
    const denied = frames.filter(({ event }) => event.type === 'approval' && event.outcome === 'denied');
    expect(
      denied.map(({ event }) => 'by' in event && event.by),
      story(frames).join(' '),
    ).toContain('policy');
    expect(await (await api.call('GET', `/api/v1/sessions/${session}/diff`)).text()).not.toContain(
      'quantity',
    );
    // Some tell the model that there was no leave and go on, some end their turn.
    expect(story(frames).at(-1)).toBe(vendor.asks.ends);
    const { items: changed } = await api.json('GET', `/api/v1/sessions/${session}/files`);
    expect(changed).toEqual([]);
  });

  test('is gone when it is stopped, with all it started', async () => {
    const { shop, session } = await whileItWaits(vendor, 600_000);
    const api = await shop.api();
    expect(processesIn(placeOf(shop, session)).length).toBeGreaterThan(0);
    await api.json('POST', `/api/v1/sessions/${session}/stop`);
    const frames = await api.frames(session);
    expect(story(frames).at(-1)).toBe('stopped');
    await expect.poll(() => processesIn(placeOf(shop, session)), { timeout: 20_000 }).toEqual([]);
  });
});
