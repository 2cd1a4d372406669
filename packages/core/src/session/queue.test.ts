import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue } from './queue.ts';

describe('the queue', () => {
  it('lets tasks take turns', () => {
    const started: string[] = [];
    const queue = createFairQueue(1, (id) => started.push(id));
    for (const id of ['a1', 'a2', 'a3']) queue.add('a', id);
    queue.add('b', 'b1');
    for (let turn = 0; turn < 4; turn++) queue.release(started.at(-1) ?? '');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('counts what ran before a restart', () => {
    const started: string[] = [];
    const queue = createFairQueue(1, (id) => started.push(id));
    queue.occupy('old');
    queue.add('a', 'a1');
    expect([started, queue.running, queue.waiting]).toEqual([[], 1, 1]);
    queue.release('old');
    expect([started, queue.running, queue.waiting]).toEqual([['a1'], 1, 0]);
  });

  it('starts no one once closed', () => {
    const started: string[] = [];
    const queue = createFairQueue(1, (id) => started.push(id));
    queue.close();
    queue.add('a', 'a1');
    expect(started).toEqual([]);
  });

  it('never runs more than the limit and starts each session exactly once, unless it was taken out', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('add' as const), task: fc.nat(3) }),
      fc.record({ do: fc.constant('release' as const), pick: fc.nat() }),
      fc.record({ do: fc.constant('remove' as const), pick: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 60 }), (limit, acts) => {
        const running = new Set<string>();
        const started: string[] = [];
        const added: string[] = [];
        const removed = new Set<string>();
        const queue = createFairQueue(limit, (id) => {
          running.add(id);
          started.push(id);
        });
        for (const step of acts) {
          if (step.do === 'add') {
            const id = `s${added.length}`;
            added.push(id);
            queue.add(`t${step.task}`, id);
          } else if (step.do === 'release' && running.size > 0) {
            const id = [...running][step.pick % running.size] ?? '';
            running.delete(id);
            queue.release(id);
          } else if (step.do === 'remove' && added.length > 0) {
            const id = added[step.pick % added.length] ?? '';
            const waits = !started.includes(id) && !removed.has(id);
            expect(queue.remove(id)).toBe(waits);
            if (waits) removed.add(id);
          }
          expect(queue.running).toBe(running.size);
          expect(running.size).toBeLessThanOrEqual(limit);
          expect(queue.waiting).toBe(added.length - started.length - removed.size);
          expect(queue.waiting === 0 || running.size === limit).toBe(true);
        }
        expect(new Set(started).size).toBe(started.length);
      }),
    );
  });
});
