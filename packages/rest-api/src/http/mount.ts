import type { Policy } from '@agent-harbor/api-contract';
import { type AppRoute, type AppRouter, isAppRoute } from '@ts-rest/core';
import type { Handler } from './call.ts';
import type { Route } from './route.ts';

/** A handler for every route of a contract, in its shape. */
export type Features<Router extends AppRouter> = {
  readonly [Key in keyof Router]: Router[Key] extends AppRoute
    ? Handler<Router[Key]>
    : Router[Key] extends AppRouter
      ? Features<Router[Key]>
      : never;
};

/**
 * Pairs every route of the contract with its handler, in the contract's order. Throws by name when one lacks the
 * other: the compiler sees a missing handler, but not one too many.
 */
export const mount = <Router extends AppRouter>(
  contract: Router,
  features: Features<Router>,
): readonly Route[] => [...pair(contract, features, '')];

function* pair(router: AppRouter, features: unknown, prefix: string): Generator<Route> {
  const members = membersOf(features);
  for (const name of members.keys()) {
    if (!Object.hasOwn(router, name))
      throw new Error(`Handler ${prefix}${name} has no route in the contract`);
  }
  for (const [name, entry] of Object.entries(router)) {
    const member = members.get(name);
    if (!isAppRoute(entry)) {
      yield* pair(entry, member, `${prefix}${name}.`);
    } else if (isHandler(member)) {
      yield {
        name: prefix + name,
        schema: entry,
        policy: policyOf(entry, prefix + name),
        handle: member,
      };
    } else {
      throw new Error(`Route ${prefix}${name} has no handler`);
    }
  }
}

const membersOf = (features: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof features === 'object' && features !== null ? Object.entries(features) : []);

const policyOf = (schema: AppRoute, name: string): Policy => {
  const { metadata } = schema;
  if (!isPolicy(metadata)) throw new Error(`Route ${name} declares no policy`);
  return metadata;
};

const isPolicy = (metadata: unknown): metadata is Policy =>
  typeof metadata === 'object' &&
  metadata !== null &&
  'role' in metadata &&
  'idempotent' in metadata &&
  'media' in metadata;

// What a handler is called with was parsed by the schemas its type was inferred from. The types of one route cannot be
// told from those of another once all routes are in one list, so this is where they are forgotten.
const isHandler = (member: unknown): member is Route['handle'] => typeof member === 'function';
