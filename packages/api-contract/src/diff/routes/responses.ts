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
  const compare = (status: string, one: unknown, other: unknown) =>
    compareReferred(one, other, comparison, received.part(`response ${status}`), (old, fresh, at) =>
      compareResponse(old, fresh, comparison, at),
    );
  for (const [status, response] of was) {
    if (status.startsWith('x-')) continue;
    const now = is.get(status) ?? is.get(rangeOf(status));
    if (now !== undefined) compare(status, response, now);
    else if (![...is.keys()].some((other) => rangeOf(other) === status)) {
      const rule = isSuccess(status, was) ? responseRules.successRemoved : responseRules.removed;
      received.part(`response ${status}`).report(rule, status, null);
    }
  }
  for (const [status, response] of is) {
    if (was.has(status) || status.startsWith('x-')) continue;
    const old = was.get(rangeOf(status));
    if (old !== undefined) compare(status, old, response);
    else {
      const rule = isSuccess(status, is) ? responseRules.successAdded : responseRules.added;
      received.part(`response ${status}`).report(rule, null, status);
    }
  }
};

const extensions = (operation: JsonObject): JsonObject =>
  Object.fromEntries(entriesAt(operation, 'responses').filter(([status]) => status.startsWith('x-')));

/** `default` is how to succeed only where no other status is. */
const isSuccess = (status: string, all: ReadonlyMap<string, unknown>): boolean =>
  status.startsWith('2') || (status === 'default' && ![...all.keys()].some((other) => other.startsWith('2')));

/** `404` is within `4XX`: the one describes the other where it is not described itself. */
const rangeOf = (status: string): string => (/^\d\d\d$/.test(status) ? `${status[0]}XX` : '');

const compareResponse = (was: JsonObject, is: JsonObject, comparison: Comparison, scope: Scope): void => {
  compareHeaders(was, is, comparison, scope);
  compareContent(was, is, comparison, scope);
  compareRest(was, is, { compared, words }, scope);
};

const compared: ReadonlySet<string> = new Set(['headers', 'content']);

const words: ReadonlySet<string> = new Set(['description', 'summary', 'links']);
