import type { Flatten } from '../stream/event-stream.ts';
import type { Frame } from '../stream/take.ts';

/**
 * Iterates by hand. A generator takes three turns of the microtask queue for every item, which is a third of what
 * reading one costs; this takes one, and waits only when nothing is there.
 */
export const flattenByHand: Flatten = <Item>(
  batches: AsyncGenerator<readonly Frame[], void, undefined>,
  take: (frame: Frame) => Item | undefined,
): AsyncIterableIterator<Item, undefined, undefined> => {
  let frames: readonly Frame[] = [];
  let at = 0;
  /** Calls of `next` that wait, and the last of them. */
  let waiting = 0;
  let tail: Promise<unknown> = Promise.resolve();

  /** The next item that is here already. */
  const due = (): IteratorYieldResult<Item> | undefined => {
    for (let frame = frames[at]; frame !== undefined; frame = frames[at]) {
      at += 1;
      const value = take(frame);
      if (value !== undefined) return { done: false, value };
    }
    return undefined;
  };

  const pull = async (): Promise<IteratorResult<Item, undefined>> => {
    try {
      for (;;) {
        const item = due();
        if (item) return item;
        const step = await batches.next();
        if (step.done) return { done: true, value: undefined };
        frames = step.value;
        at = 0;
      }
    } finally {
      waiting -= 1;
    }
  };

  const fail = async (error: unknown): Promise<never> => {
    frames = [];
    await batches.return();
    throw error;
  };

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      try {
        const item = waiting === 0 ? due() : undefined;
        if (item) return Promise.resolve(item);
      } catch (error) {
        return fail(error);
      }
      waiting += 1;
      const result = tail.then(pull).catch(fail);
      tail = result.catch(() => undefined);
      return result;
    },
    async return() {
      frames = [];
      await batches.return();
      return { done: true, value: undefined };
    },
  };
};
