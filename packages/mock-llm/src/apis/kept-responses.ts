import { fieldProblem } from '@agent-harbor/core/problem';
import { z } from 'zod';

const Items = z.union([
  z.string().transform((content): unknown[] => [{ type: 'message', role: 'user', content }]),
  z.array(z.unknown()),
]);
const Followed = z
  .object({ previous_response_id: z.string().nullish(), store: z.boolean().nullish(), input: Items })
  .passthrough();
const Given = z.object({ id: z.string(), output: z.array(z.unknown()) });

/** What was said up to a response, for those who send only what comes behind it. */
export interface KeptResponses {
  /** The body as if all of it had been sent. Throws a problem when the response it follows is not kept. */
  whole(body: unknown): unknown;
  /** Keeps a response to a whole body, of so many bytes, unless it is not to be stored. */
  keep(body: unknown, response: unknown, bytes: number): void;
  clear(): void;
}

export const createKeptResponses = (most = 1_000, mostBytes = 64 * 1024 * 1024): KeptResponses => {
  const kept = new Map<string, { readonly items: readonly unknown[]; readonly bytes: number }>();
  let total = 0;
  return {
    whole(body) {
      const followed = Followed.safeParse(body);
      // Whatever else is wrong with it is told by who reads it.
      if (!followed.success || followed.data.previous_response_id == null) return body;
      const { previous_response_id: id, input, ...others } = followed.data;
      const before = kept.get(id);
      if (before === undefined) {
        throw fieldProblem(
          'previous_response_id',
          `is not one that is kept: the mock keeps the last ${most} that were not sent with "store": false. Send the whole input`,
        );
      }
      return { ...others, input: [...before.items, ...input] };
    },
    keep(body, response, bytes) {
      const [followed, given] = [Followed.safeParse(body), Given.safeParse(response)];
      if (!followed.success || !given.success || followed.data.store === false) return;
      const { id, output } = given.data;
      total += bytes - (kept.get(id)?.bytes ?? 0);
      kept.delete(id);
      kept.set(id, { items: [...followed.data.input, ...output], bytes });
      for (const [oldest, { bytes: freed }] of kept) {
        if (kept.size <= most && (total <= mostBytes || kept.size === 1)) break;
        kept.delete(oldest);
        total -= freed;
      }
    },
    clear() {
      kept.clear();
      total = 0;
    },
  };
};
