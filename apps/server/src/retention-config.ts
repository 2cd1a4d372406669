import type { RetentionPolicy } from '@agent-harbor/core';
import { z } from 'zod';

const day = 24 * 3600 * 1000;
const gibibyte = 1024 ** 3;

/** A bound; null for none. */
const bound = (usual: number) => z.number().int().positive().nullable().default(usual);

/** What is dropped when. Ages are milliseconds, and sizes bytes. */
export const RetentionConfig = z
  .object({
    /** The log of each session. */
    events: z
      .object({ age: bound(90 * day), count: bound(1_000_000), bytes: bound(gibibyte) })
      .strict()
      .default({}),
    /** All logs together. */
    total: z
      .object({ bytes: bound(32 * gibibyte) })
      .strict()
      .default({}),
    /** The files of sessions that ended; commits stay. */
    workspaces: z
      .object({ age: bound(14 * day) })
      .strict()
      .default({}),
    /** The journals of sessions that ended and that no verified backup has. */
    journals: z
      .object({ age: bound(7 * day) })
      .strict()
      .default({}),
  })
  .strict();
export type RetentionConfig = z.infer<typeof RetentionConfig>;

export const policyOf = ({ events, total, workspaces, journals }: RetentionConfig): RetentionPolicy => ({
  events: {
    ageMs: events.age ?? undefined,
    count: events.count ?? undefined,
    bytes: events.bytes ?? undefined,
  },
  total: { bytes: total.bytes ?? undefined },
  workspaces: { ageMs: workspaces.age ?? undefined },
  journals: { ageMs: journals.age ?? undefined },
});
