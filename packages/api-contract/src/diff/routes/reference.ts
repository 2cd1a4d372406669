import type { Comparison } from '../comparison.ts';
import { type Document, nameOfReference } from '../document.ts';
import { asObject, isObject, type JsonObject, textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { UnreadableDocument, within } from '../unreadable.ts';
import { compareRest } from '../words.ts';

/** What a parameter, header, response, body or path is, be it here or behind a reference. */
export const dereference = ({ resolve }: Document, node: unknown, what: string): JsonObject => {
  let value = asObject(node, what);
  for (let steps = 0; ; steps += 1) {
    const reference = textAt(value, '$ref');
    if (reference === undefined) return value;
    if (steps > 20) throw new UnreadableDocument(`The reference "${reference}" leads to itself.`);
    value = asObject(resolve(reference), `What "${reference}" leads to`);
  }
};

/** Compares two of them; what both refer to by one name is compared once, under that name. */
export const compareReferred = (
  before: unknown,
  after: unknown,
  { before: old, after: fresh }: Comparison,
  scope: Scope,
  compare: (before: JsonObject, after: JsonObject, scope: Scope) => void,
): void => {
  const name = sharedName(before, after);
  const place = name === undefined ? scope : scope.component(name, scope.direction);
  compareRest(beside(before), beside(after), { compared: new Set(), words }, scope);
  if (name !== undefined && !place.isFirst('reference')) return;
  const was = dereference(old.document, before, 'It');
  const is = dereference(fresh.document, after, 'It');
  if (name === undefined) compare(was, is, place);
  else within(name, () => compare(was, is, place));
};

/** What stands beside a reference. */
const beside = (node: unknown): JsonObject => {
  if (!isObject(node) || node.$ref === undefined) return {};
  const { $ref: _reference, ...rest } = node;
  return rest;
};

const words: ReadonlySet<string> = new Set(['summary', 'description']);

const sharedName = (before: unknown, after: unknown): string | undefined => {
  if (!isObject(before) || !isObject(after)) return undefined;
  const reference = textAt(before, '$ref');
  return reference === undefined || reference !== textAt(after, '$ref')
    ? undefined
    : nameOfReference(reference);
};
