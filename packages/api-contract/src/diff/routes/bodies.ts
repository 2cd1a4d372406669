import type { Comparison } from '../comparison.ts';
import { flagAt, type JsonObject, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { compareRest } from '../words.ts';
import { compareContent } from './content.ts';
import { compareReferred, dereference } from './reference.ts';

export const bodyRules = {
  removed: {
    id: 'body-removed',
    what: 'the body was removed',
    request: breaking('What clients send there is refused or unheard from now on: go on accepting it.'),
    event: breaking('Readers that use it find nothing: go on sending it.'),
  },
  added: {
    id: 'body-added',
    what: 'a body may be sent',
    request: additive('Clients may send it; none has to.'),
    event: additive('Readers that know of none leave it unread.'),
  },
  addedRequired: {
    id: 'body-added-required',
    what: 'a body must be sent',
    request: breaking('Every client of today sends none and is refused: make it optional.'),
    event: additive('Readers that know of none leave it unread.'),
  },
  required: {
    id: 'body-required',
    what: 'the body must be sent from now on',
    request: breaking('Who leaves it out is refused from now on: keep it optional.'),
    event: additive('Readers that were ready to miss it always find it.'),
  },
  optional: {
    id: 'body-optional',
    what: 'the body may be left out from now on',
    request: additive('Clients may leave it out; none has to.'),
    event: breaking('Readers that count on it find nothing: go on sending it.'),
  },
} satisfies Record<string, Rule>;

/** The body of what clients send, or of what a webhook brings them. */
export const compareBodies = (
  before: JsonObject,
  after: JsonObject,
  comparison: Comparison,
  scope: Scope,
): void => {
  const was = own(before, 'requestBody');
  const is = own(after, 'requestBody');
  const place = scope.part('request body');
  if (was === undefined && is === undefined) return;
  if (is === undefined) place.report(bodyRules.removed, 'a body', null);
  else if (was === undefined) {
    const body = dereference(comparison.after.document, is, 'A body');
    place.report(flagAt(body, 'required') ? bodyRules.addedRequired : bodyRules.added, null, 'a body');
  } else
    compareReferred(was, is, comparison, place, (one, other, at) => compareBody(one, other, comparison, at));
};

const compareBody = (was: JsonObject, is: JsonObject, comparison: Comparison, scope: Scope): void => {
  if (!flagAt(was, 'required') && flagAt(is, 'required'))
    scope.report(bodyRules.required, 'optional', 'required');
  if (flagAt(was, 'required') && !flagAt(is, 'required'))
    scope.report(bodyRules.optional, 'required', 'optional');
  compareContent(was, is, comparison, scope);
  compareRest(
    was,
    is,
    { compared: new Set(['required', 'content']), words: new Set(['description']) },
    scope,
  );
};
