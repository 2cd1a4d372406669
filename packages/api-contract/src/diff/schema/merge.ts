import { equal, isObject, type JsonObject } from '../json.ts';

type Both = (one: unknown, other: unknown) => unknown;

/** The keywords of a schema that holds where both hold: the tighter of two bounds, the members of both. */
export const mergeKeywords = (one: JsonObject, other: JsonObject, both: Both): JsonObject => {
  const merged = new Map(Object.entries(inOneWay(one)));
  for (const [name, value] of Object.entries(inOneWay(other))) {
    const known = merged.get(name);
    const isNew = known === undefined || equal(known, value);
    // Two of them hold together, which no single keyword says: the first is kept to be compared as a whole.
    if (!isNew && unmergeable.has(name)) merged.set(`${name} (another)`, known);
    merged.set(name, isNew ? value : merge(name, known, value, both));
  }
  return Object.fromEntries(merged);
};

const unmergeable: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'not', 'contains', 'if', 'then', 'else']);

/** What versions of JSON Schema write in two ways. */
const inOneWay = (schema: JsonObject): JsonObject => {
  const plain: Record<string, unknown> = { ...schema };
  if ('const' in plain) {
    plain.enum = [plain.const];
    delete plain.const;
  }
  for (const [bound, exclusive] of exclusives) {
    if (typeof plain[exclusive] !== 'boolean') continue;
    if (plain[exclusive]) {
      plain[exclusive] = plain[bound];
      delete plain[bound];
    } else delete plain[exclusive];
  }
  return plain;
};

const exclusives = [
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
] as const;

const merge = (name: string, one: unknown, other: unknown, both: Both): unknown => {
  if (typeof one === 'number' && typeof other === 'number') {
    if (/min/i.test(name)) return Math.max(one, other);
    if (/max/i.test(name)) return Math.min(one, other);
  }
  if (name === 'type') return commonTypes(one, other);
  if (name === 'enum') return common(one, other);
  if (name === 'required') return [...new Set([...asList(one), ...asList(other)])];
  if (name === 'properties' || name === 'patternProperties') return mergeMembers(one, other, both);
  if (schemas.has(name)) return both(one, other);
  // Two patterns or the like hold together; that can be told, though not weighed.
  if (conjunct.has(name)) return `${String(one)} and ${String(other)}`;
  return other;
};

const schemas: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'propertyNames',
  'contentSchema',
]);

const conjunct: ReadonlySet<string> = new Set(['pattern', 'format', 'contentEncoding', 'contentMediaType']);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const common = (one: unknown, other: unknown): readonly unknown[] =>
  asList(one).filter((value) => asList(other).some((allowed) => equal(value, allowed)));

/** A whole number is a number as well. */
const commonTypes = (one: unknown, other: unknown): readonly unknown[] => {
  const narrowed = (from: readonly unknown[], to: readonly unknown[]) =>
    from.filter((type) => to.includes(type) || (type === 'integer' && to.includes('number')));
  const [left, right] = [asList(one), asList(other)];
  return [...new Set([...narrowed(left, right), ...narrowed(right, left)])];
};

const mergeMembers = (one: unknown, other: unknown, both: Both): unknown => {
  if (!isObject(one) || !isObject(other)) return other;
  const merged = new Map(Object.entries(one));
  for (const [name, member] of Object.entries(other)) {
    merged.set(name, merged.has(name) ? both(merged.get(name), member) : member);
  }
  return Object.fromEntries(merged);
};
