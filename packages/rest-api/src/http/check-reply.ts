import { isAppRouteNoBody, isAppRouteOtherResponse, validateIfSchema } from '@ts-rest/core';
import type { JsonReply } from './call.ts';
import type { Route } from './route.ts';

/** Throws when a reply is not what the route declares: a defect of ours, told as `internal`. */
export const checkReply = (route: Route, { status, body }: JsonReply): void => {
  const declared = route.schema.responses[status];
  if (declared === undefined)
    throw new Error(`${route.name} answered ${status}, which its route does not declare`);
  if (isAppRouteNoBody(declared)) {
    if (body !== undefined) throw new Error(`${route.name} answered ${status} with a body`);
    return;
  }
  const { error } = validateIfSchema(body, isAppRouteOtherResponse(declared) ? declared.body : declared);
  if (error !== undefined) {
    throw new Error(`${route.name} answered ${status} with a body its route does not declare`, {
      cause: error,
    });
  }
};
