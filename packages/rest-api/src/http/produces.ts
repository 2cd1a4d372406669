import { Problem } from '@agent-harbor/core';
import { isAppRouteNoBody, isAppRouteOtherResponse } from '@ts-rest/core';
import { type Preference, preferred } from './accept.ts';
import type { Route } from './route.ts';

/** The media types a route's good answers can have; none when they have no body. */
const mediaTypesOf = ({ schema, policy }: Route): readonly string[] =>
  Object.entries(schema.responses)
    .filter(([status, response]) => Number(status) < 300 && !isAppRouteNoBody(response))
    .flatMap(([status, response]) => [
      isAppRouteOtherResponse(response) ? response.contentType : 'application/json',
      ...(policy.media[Number(status)] ?? []),
    ]);

/**
 * Refuses a caller who accepts nothing the route can answer with, before anything is done. Pages are for people:
 * they are shown to whoever asks.
 */
export const createAcceptCheck = (routes: readonly Route[]) => {
  const byRoute = new Map(routes.map((route) => [route, mediaTypesOf(route)]));
  return (route: Route, accept: (mediaType: string) => Preference): void => {
    const types = byRoute.get(route) ?? [];
    if (types.length === 0 || types.includes('text/html') || preferred(accept, types) !== undefined) return;
    throw new Problem('not-acceptable', { detail: `This route answers with ${types.join(' or ')}.` });
  };
};
