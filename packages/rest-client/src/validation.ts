import { contract } from '@agent-harbor/api-contract';
import {
  ReplyFrame,
  ResyncEvent,
  SessionEvent,
  TerminalFrame,
  UnknownEvent,
} from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import { z } from 'zod';
import type { ReplyReader } from './replies.ts';
import type { RouteName } from './routes/contract.ts';

/**
 * Checks every answer and event against the contract and rejects with `internal` where they break it. Loads the
 * schemas, so it is for development and for hosts that have them anyway.
 */
export const contractReader: ReplyReader = {
  reply(route, status, body) {
    const schema = schemaOf(route, status);
    if (schema !== undefined) check(`the answer to ${route}`, schema, body);
    // What was sent and not what was parsed: parsing would drop the members of newer servers.
    return body as never;
  },
  event(value) {
    const { type } = Named.parse(value);
    if (type === 'resync') return ResyncEvent.parse(value);
    const isKnown = SessionEvent.optionsMap.has(type);
    // Frames and no events: only streams of their own have them, and give them out as such.
    for (const [what, frames] of [
      ['a terminal', TerminalFrame],
      ['a reply', ReplyFrame],
    ] as const) {
      if (!frames.optionsMap.has(type)) continue;
      check(`a frame of ${what}`, frames, value);
      return value as never;
    }
    if (isKnown) check(`an event of type ${type}`, SessionEvent, value);
    return UnknownEvent.parse(value);
  },
};

const Named = z.object({ type: z.string() });

const schemaOf = (route: RouteName, status: number): z.ZodTypeAny | undefined => {
  const [group, leaf] = route.split('.');
  const routes: Record<string, Record<string, { responses: Record<number, unknown> }>> = contract;
  const schema = routes[group ?? '']?.[leaf ?? '']?.responses[status];
  return schema instanceof z.ZodType ? schema : undefined;
};

const check = (what: string, schema: z.ZodTypeAny, value: unknown): void => {
  const result = schema.safeParse(value);
  // An unknown discriminator is an event of a newer server inside a page.
  const issues = result.success
    ? []
    : result.error.issues.filter((issue) => issue.code !== 'invalid_union_discriminator');
  const first = issues[0];
  if (first === undefined) return;
  throw new Problem('internal', {
    detail: `The server broke the contract: ${what} is wrong at ${first.path.join('.') || 'its root'}: ${first.message}.`,
  });
};
