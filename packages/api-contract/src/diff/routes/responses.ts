import type { Comparison } from '../comparison.ts';
import { entriesAt, type JsonObject } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { compareRest } from '../words.ts';
import { compareContent } from './content.ts';
import { compareHeaders } from './headers.ts';
import { compareReferred } from './reference.ts';

export const responseRules = {
  successRemoved: {
    id: 'success-status-removed',
    what: 'a status of success was removed',
    response: breaking('Clients that wait for it take another answer for a failure: go on sending it.'),
  },
  successAdded: {
    id: 'success-status-added',
    what: 'a status of success was added',
    response: breaking(
      'Clients that know one way to succeed do not know how to read this one: send it only to who asks for it, and say so in a changeset.',
    ),
  },
  removed: {
    id: 'status-removed',
    what: 'a status was removed',
    response: additive('Clients that were ready for it now never meet it.'),
  },
  added: {
    id: 'status-added',
    what: 'a status was added',
    response: additive('Clients take a status they do not know for the first of its class (RFC 9110, 15).'),
  },
} satisfies Record<string, Rule>;

export const compareResponses = (
  before: JsonObject,
  after: JsonObject,
  comparison: Comparison,
  scope: Scope,
): void => {
  const was = new Map(entriesAt(before, 'responses'));
  const is = new Map(entriesAt(after, 'responses'));
  const received = scope.facing('response');
  compareRest(
    extensions(before),
    extensions(after),
    { compared: new Set(), words: new Set() },
    received.part('responses'),
  );
  for (const [status, response] of was) {
    const place = received.part(`response ${status}`);
    const now = is.get(status) ?? is.get(rangeOf(status));
    if (status.startsWith('x-')) continue;
    if (now === undefined) {
      place.report(isSuccess(status) ? responseRules.successRemoved : responseRules.removed, status, null);
    } else {
      compareReferred(response, now, comparison, place, (one, other, at) =>
        compareResponse(one, other, comparison, at),
      );
    }
  }
  for (const status of is.keys()) {
    if (was.has(status) || status.startsWith('x-')) continue;
    const rule = isSuccess(status) ? responseRules.successAdded : responseRules.added;
    received.part(`response ${status}`).report(rule, null, status);
  }
};

const extensions = (operation: JsonObject): JsonObject =>
  Object.fromEntries(entriesAt(operation, 'responses').filter(([status]) => status.startsWith('x-')));

const isSuccess = (status: string): boolean => status.startsWith('2');

/** `404` is within `4XX`. */
const rangeOf = (status: string): string => (/^\d\d\d$/.test(status) ? `${status[0]}XX` : '');

const compareResponse = (was: JsonObject, is: JsonObject, comparison: Comparison, scope: Scope): void => {
  compareHeaders(was, is, comparison, scope);
  compareContent(was, is, comparison, scope);
  compareRest(was, is, { compared, words }, scope);
};

const compared: ReadonlySet<string> = new Set(['headers', 'content']);

const words: ReadonlySet<string> = new Set(['description', 'summary', 'links']);
