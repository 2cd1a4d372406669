import type { Comparison } from '../comparison.ts';
import { entriesAt, flagAt, type JsonObject } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { compareSchemas } from '../schema/compare.ts';
import { describe } from '../schema/describe.ts';
import { compareRest } from '../words.ts';
import { schemaOf, styleOf } from './parameters.ts';
import { compareReferred, dereference } from './reference.ts';

export const headerRules = {
  removed: {
    id: 'header-removed',
    what: 'a header was removed',
    response: breaking('Clients that read it find nothing: go on sending it.'),
  },
  added: {
    id: 'header-added',
    what: 'a header was added',
    response: additive('Clients ignore headers they do not know.'),
  },
  required: {
    id: 'header-required',
    what: 'a header is always there from now on',
    response: additive('Clients that were ready to miss it always find it.'),
  },
  optional: {
    id: 'header-optional',
    what: 'a header may be missing from now on',
    response: breaking('Clients that count on it find nothing: go on sending it.'),
  },
  styleChanged: {
    id: 'header-style-changed',
    what: 'a header is written another way',
    response: breaking('Clients read it as something else: add a header with the new way.'),
  },
} satisfies Record<string, Rule>;

/** The headers of an answer; case says nothing in their names. */
export const compareHeaders = (
  before: JsonObject,
  after: JsonObject,
  comparison: Comparison,
  scope: Scope,
): void => {
  const read = (response: JsonObject) =>
    new Map(entriesAt(response, 'headers').map(([name, node]) => [name.toLowerCase(), { name, node }]));
  const was = read(before);
  const is = read(after);
  const show = (side: 'before' | 'after', node: unknown) =>
    describe(schemaOf(dereference(comparison[side].document, node, 'A header')));
  for (const [key, { name, node }] of was) {
    if (!is.has(key)) scope.part(`header ${name}`).report(headerRules.removed, show('before', node), null);
  }
  for (const [key, { name, node }] of is) {
    const old = was.get(key);
    const place = scope.part(`header ${name}`);
    if (old === undefined) place.report(headerRules.added, null, show('after', node));
    else {
      compareReferred(old.node, node, comparison, place, (one, other, at) =>
        compareHeader(one, other, comparison, at),
      );
    }
  }
};

const compareHeader = (was: JsonObject, is: JsonObject, comparison: Comparison, scope: Scope): void => {
  if (!flagAt(was, 'required') && flagAt(is, 'required'))
    scope.report(headerRules.required, 'optional', 'required');
  if (flagAt(was, 'required') && !flagAt(is, 'required'))
    scope.report(headerRules.optional, 'required', 'optional');
  const [before, after] = [styleOf(was), styleOf(is)];
  if (before !== after) scope.report(headerRules.styleChanged, before, after);
  compareSchemas(schemaOf(was), schemaOf(is), comparison, scope);
  compareRest(was, is, { compared, words }, scope);
};

const compared: ReadonlySet<string> = new Set(['required', 'schema', 'content', 'style', 'explode']);

const words: ReadonlySet<string> = new Set(['description', 'example', 'examples']);
