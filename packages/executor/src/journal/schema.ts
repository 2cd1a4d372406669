import { EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit } from '@agent-harbor/core';
import { z } from 'zod';

/** How an agent's run ended, as it is written down. */
export const Exit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exited'), code: z.number().int(), lastOutput: z.string().optional() }),
  z.object({ kind: z.literal('signalled'), signal: z.string(), lastOutput: z.string().optional() }),
  z.object({
    kind: z.literal('turn-ended'),
    stopReason: z.enum(['end_turn', 'max_tokens', 'max_turn_requests', 'refusal', 'cancelled']),
  }),
  z.object({ kind: z.literal('ended-by-us') }),
  z.object({ kind: z.literal('lost'), reason: z.string() }),
]) satisfies z.ZodType<AgentExit>;

/**
 * What a reader accepts of a journal's lines. It stands apart from `record.ts` because the recorder, which only
 * writes, does not load a schema library.
 */
export const RecordLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), at: z.number(), body: EventBody }),
  z.object({ kind: z.literal('command'), id: z.string() }),
  z.object({ kind: z.literal('exit'), exit: Exit }),
]);

/** As much of an event as can be told of one whose body does not match. */
export const UnreadEvent = z.object({
  kind: z.literal('event'),
  at: z.number(),
  body: z.object({ type: z.string().max(64) }),
});
