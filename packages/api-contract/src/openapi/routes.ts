import { type AppRoute, type AppRouter, isAppRoute } from '@ts-rest/core';
import { isPolicy, type Policy } from '../policy.ts';

/** A route of the contract and where it stands there: `sessions`, `stop`. */
export interface PlacedRoute {
  readonly area: string;
  readonly name: string;
  readonly route: AppRoute;
  readonly policy: Policy;
}

/** Every route, in the contract's order. */
export const placedRoutes = (contract: AppRouter): readonly PlacedRoute[] => placed(contract, []);

const placed = (router: AppRouter, areas: readonly string[]): PlacedRoute[] =>
  Object.entries(router).flatMap(([name, entry]) => {
    if (!isAppRoute(entry)) return placed(entry, [...areas, name]);
    const area = areas.join('.');
    if (!isPolicy(entry.metadata)) throw new Error(`Route ${area}.${name} declares no policy`);
    return [{ area, name, route: entry, policy: entry.metadata }];
  });
