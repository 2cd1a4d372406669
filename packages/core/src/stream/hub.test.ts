import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../store/store.ts';
import { createHub, type Hub, type HubLimits } from './hub.ts';

const event = (seq: number, position = seq, bytes = 10): StoredEvent => ({
  sessionId: 'S',
  seq,
  position,
  type: 'log',
  level: 'info',
  at: 0,
  json: 'x'.repeat(bytes),
});

/** One of which the channels have been asked for. */
const hubWithReaders = (limits?: HubLimits): Hub => {
  const hub = createHub(limits);
  for (const sessionId of ['S', undefined]) hub.channel(sessionId);
  return hub;
};

describe('the hub', () => {
  it('keeps nothing for a channel that nobody has asked for, and all from then on', () => {
    const hub = createHub();
    hub.publish([event(1)]);
    expect(hub.held).toEqual({ rings: 0, bytes: 0 });
    expect(hub.channel('S').after(0, 1000)).toBeUndefined();
    hub.publish([event(2), event(3)]);
    expect(hub.channel('S').after(0, 1000)).toBeUndefined();
    expect(hub.channel('S').after(1, 1000)).toHaveLength(2);
    expect(hub.held).toEqual({ rings: 1, bytes: 20 });
  });

  it('gives what came after a number', () => {
    const hub = hubWithReaders();
    hub.publish([event(1), event(2), event(3)]);
    const channel = hub.channel('S');
    expect(channel.after(1, 1000)?.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(channel.after(3, 1000)).toEqual([]);
  });

  it('says so when the ring does not reach back, rather than leaving a gap', () => {
    const hub = hubWithReaders({ channelBytes: 25, totalBytes: 1000 });
    hub.publish([event(1), event(2), event(3)]);
    expect(hub.channel('S').after(0, 1000)).toBeUndefined();
    expect(hubWithReaders().channel('S').after(0, 1000)).toBeUndefined();
  });

  it('answers the same question with the same array, until something new is told', () => {
    const hub = hubWithReaders();
    const channel = hub.channel('S');
    hub.publish([event(1), event(2)]);
    const answer = channel.after(0, 1000);
    expect(channel.after(0, 1000)).toBe(answer);
    expect(channel.after(0, 15)).not.toBe(answer);
    for (let number = 3; number < 50; number++) hub.publish([event(number)]);
    expect(channel.after(0, 1000)?.map(({ seq }) => seq)).toHaveLength(49);
  });

  it('tells those who watch once of all that is published in one go', async () => {
    const hub = hubWithReaders();
    let told = 0;
    const leave = hub.channel('S').watch(() => told++);
    for (let number = 1; number <= 10; number++) hub.publish([event(number)]);
    hub.doubt('S');
    expect(told).toBe(0);
    await Promise.resolve();
    expect(told).toBe(1);
    hub.publish([event(11)]);
    await Promise.resolve();
    expect(told).toBe(2);
    leave();
    hub.publish([event(12)]);
    hub.close();
    await Promise.resolve();
    expect(told).toBe(2);
  });

  it('starts its ring where it first heard of the session', () => {
    const hub = hubWithReaders();
    hub.publish([event(7)]);
    expect(hub.channel('S').after(5, 1000)).toBeUndefined();
    expect(
      hub
        .channel('S')
        .after(6, 1000)
        ?.map(({ seq }) => seq),
    ).toEqual([7]);
  });

  it('forgets the ring instead of giving events out of order', () => {
    const hub = hubWithReaders();
    hub.publish([event(1, 5)]);
    hub.publish([event(2, 4)]);
    expect(hub.channel(undefined).after(3, 1000)).toBeUndefined();
    expect(
      hub
        .channel('S')
        .after(0, 1000)
        ?.map(({ seq }) => seq),
    ).toEqual([1, 2]);
  });

  it('starts anew behind a gap: what it was not told is in the store', () => {
    const hub = hubWithReaders();
    hub.publish([event(1), event(3)]);
    expect(hub.channel('S').after(1, 1000)).toBeUndefined();
    expect(
      hub
        .channel('S')
        .after(2, 1000)
        ?.map(({ seq }) => seq),
    ).toEqual([3]);
  });

  it('trusts no ring that may lack an event, until the next one is told', () => {
    const hub = hubWithReaders();
    hub.publish([event(1)]);
    hub.doubt('S');
    for (const sessionId of ['S', undefined]) expect(hub.channel(sessionId).after(1, 1000)).toBeUndefined();
    hub.publish([event(3)]);
    for (const sessionId of ['S', undefined]) expect(hub.channel(sessionId).after(1, 1000)).toBeUndefined();
    for (const sessionId of ['S', undefined]) expect(hub.channel(sessionId).after(2, 1000)).toHaveLength(1);
  });

  it('keeps no more of a session than its bound, however much was told', () => {
    const hub = hubWithReaders({ channelBytes: 1000, totalBytes: 100_000 });
    for (let number = 1; number <= 1000; number++) hub.publish([event(number)]);
    const kept = [...Array(1000).keys()].filter((number) => hub.channel('S').after(number, 1) !== undefined);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept.at(-1)).toBe(999);
  });

  it('bounds all rings together', () => {
    const hub = hubWithReaders({ channelBytes: 1000, totalBytes: 50 });
    hub.publish([event(1, 1, 40)]);
    expect(hub.channel('S').after(0, 1000)).toBeUndefined();
  });

  it('wakes who waits on publish, doubt, retire, close and abort', async () => {
    const acts: ((hub: Hub, abort: AbortController) => void)[] = [
      (hub) => hub.publish([event(1)]),
      (hub) => hub.doubt('S'),
      (hub) => hub.retire('S'),
      (hub) => hub.close(),
      (_, abort) => abort.abort(),
    ];
    for (const act of acts) {
      const hub = hubWithReaders();
      const abort = new AbortController();
      const woken = hub.channel('S').changed(abort.signal);
      act(hub, abort);
      await woken;
    }
  });

  it('gives the same events as the whole list, whatever the limits, or says that it cannot', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(45),
        fc.integer({ min: 1, max: 200 }),
        (sizes, channelBytes, from, maxBytes) => {
          const all = sizes.map((size, index) => event(index + 1, index + 1, size));
          const hub = hubWithReaders({ channelBytes, totalBytes: 10_000 });
          for (const one of all) hub.publish([one]);
          const got = hub.channel('S').after(from, maxBytes);
          if (got === undefined) return;
          const expected = all.filter(({ seq }) => seq > from);
          expect(got).toEqual(expected.slice(0, got.length));
          expect(got.length > 0 || expected.length === 0).toBe(true);
          const bytes = got.reduce((sum, { json }) => sum + json.length, 0);
          expect(got.length === 1 || bytes <= maxBytes).toBe(true);
        },
      ),
    );
  });
});
