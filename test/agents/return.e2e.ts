import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../e2e/api.ts';
import { processesIn } from './processes-in.ts';
import { openShop, type Shop } from './shop.ts';
import { demandPrograms, vendors } from './vendors.ts';

let shop: Shop | undefined;
beforeAll(demandPrograms);
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

const isIdle = ({ event }: Frame) => event.type === 'status' && event.reason === 'idle';
const hasBrokenDown = ({ event }: Frame) =>
  event.type === 'log' && event.message.startsWith('The agent ended while it had nothing to do');

describe.each(vendors)('$type', (vendor) => {
  test('breaks down between two turns, is started again and knows what was said', async () => {
    shop = await openShop({ plays: 'greet-and-wait', isStrict: false });
    const task = { prompt: 'Please greet the corner shop.', interactive: true, delivery: { mode: 'none' } };
    const session = await shop.launch(vendor, task);
    const api = await shop.api();
    const path = `/api/v1/sessions/${session}`;
    const before = await api.frames(session, undefined, isIdle);
    const told = before.find(({ event }) => event.type === 'agent_session')?.event;
    const { agent, workspace } = await api.json('GET', path);
    expect(agent).toMatchObject({ sessionId: Object(told).agent_session_id });

    for (const pid of processesIn(Object(workspace).mountPath)) process.kill(Number(pid), 'SIGKILL');
    const broken = await api.frames(session, before.at(-1)?.id, hasBrokenDown);
    if (vendor.forgetsWithinMinute === true) await sleep(60_000 - (Date.now() % 60_000));
    await api.json('POST', `${path}/prompt`, { prompt: 'Now say goodbye to it.' });
    const after = await api.frames(session, broken.at(-1)?.id, isIdle);
    const events = after.map(({ event }) => event);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'agent_session',
        continued: true,
        agent_session_id: Object(told).agent_session_id,
      }),
    );
    // What was said before is said once.
    const words = events.flatMap((event) => (event.type === 'message' ? [event.content] : [])).join('');
    expect(words).toContain('Goodbye, corner shop.');
    expect(words).not.toContain('Good morning');
    // The model gets the whole conversation.
    const asked = JSON.stringify((await shop.models.requests()).at(-1)?.body);
    expect(asked).toContain('Please greet the corner shop.');
    expect(asked).toContain('Good morning, corner shop.');
    expect(asked).toContain('Now say goodbye to it.');
    await api.json('POST', `${path}/stop`);
  });
});
