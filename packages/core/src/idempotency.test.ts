import { describe, expect, it } from 'vitest';
import { createIdempotency } from './idempotency.ts';
import { Problem } from './problem.ts';
import { createMemoryStore } from './store/memory/index.ts';
import { createManualClock } from './testing/manual-clock.ts';

const open = () => {
  const store = createMemoryStore();
  const clock = createManualClock();
  const { once } = createIdempotency(store, clock);
  let works = 0;
  const work = async (remember: (reply: number) => Parameters<typeof store.commit>[0]) => {
    const reply = ++works;
    await store.commit(remember(reply));
    return reply;
  };
  const claim = { scope: 'caller route', key: 'k', request: { a: 1 } };
  return { store, clock, once, work, claim, read: Number };
};

describe('a request with a key', () => {
  it('happens once within a day, per scope and key', async () => {
    const { once, work, claim, read, clock } = open();
    expect(await once(claim, work, read)).toEqual({ reply: 1, replayed: false });
    expect(await once(claim, work, read)).toEqual({ reply: 1, replayed: true });
    expect(await once({ ...claim, scope: 'another' }, work, read)).toEqual({ reply: 2, replayed: false });
    expect(await once({ ...claim, key: 'K' }, work, read)).toEqual({ reply: 3, replayed: false });
    await expect(once({ ...claim, request: { a: 2 } }, work, read)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    await clock.advance(24 * 60 * 60 * 1000);
    expect(await once({ ...claim, request: { a: 2 } }, work, read)).toEqual({ reply: 4, replayed: false });
  });

  it('that failed has left nothing, and may be sent again', async () => {
    const { once, work, claim, read } = open();
    const fails = async () => {
      throw new Problem('wrong-state');
    };
    await expect(once(claim, fails, read)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await once(claim, work, read)).toEqual({ reply: 1, replayed: false });
  });

  it('refuses its twin, or lets it wait: for the reply, or for its own turn after a failure', async () => {
    const { once, work, claim, read } = open();
    const outcomes = await Promise.allSettled([
      once(claim, work, read),
      once(claim, work, read),
      once({ ...claim, twin: 'waits' }, work, read),
    ]);
    expect(outcomes).toMatchObject([
      { value: { reply: 1, replayed: false } },
      { reason: { code: 'idempotency-in-progress', retryAfterSeconds: 1 } },
      { value: { reply: 1, replayed: true } },
    ]);
    const other = { ...claim, key: 'other', twin: 'waits' } as const;
    const after = await Promise.allSettled([
      once(other, async () => Promise.reject(new Problem('aborted')), read),
      once(other, work, read),
      once(other, work, read),
    ]);
    expect(after).toMatchObject([
      { reason: { code: 'aborted' } },
      { value: { reply: 2, replayed: false } },
      { value: { reply: 2, replayed: true } },
    ]);
  });

  it('lets a twin stop waiting when its caller gives up', async () => {
    const { once, work, claim, read } = open();
    let finish = () => {};
    const slow = once(
      claim,
      async (remember: Parameters<typeof work>[0]) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return work(remember);
      },
      read,
    );
    const leave = new AbortController();
    const twin = once({ ...claim, twin: 'waits', signal: leave.signal }, work, read);
    const refused = expect(twin).rejects.toMatchObject({ code: 'aborted' });
    leave.abort();
    await refused;
    finish();
    expect(await slow).toEqual({ reply: 1, replayed: false });
  });
});
