import { type Document, mostNested, nameOfReference } from '../document.ts';
import {
  asObject,
  canonical,
  flagAt,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  own,
  textAt,
} from '../json.ts';
import { UnreadableDocument } from '../unreadable.ts';
import { mergeKeywords } from './merge.ts';
import { typesOf } from './type-names.ts';

/** The alternatives of a schema, null apart. */
export interface Variants {
  readonly kind: 'oneOf' | 'anyOf';
  readonly list: readonly unknown[];
  readonly discriminator: JsonObject | undefined;
}

/** A schema with its references and `allOf` folded in, written one way whatever the version of OpenAPI. */
export interface Shape {
  /** Without null; undefined for any. */
  readonly types: ReadonlySet<string> | undefined;
  /** Whether the type is not said, but what the other keywords are about. */
  readonly isImplied: boolean;
  readonly isNullable: boolean;
  readonly variants: Variants | undefined;
  /** All the rest, merged. */
  readonly keywords: JsonObject;
  /** The component that declares a member, where that is not the schema itself. */
  readonly homes: ReadonlyMap<string, string>;
}

/** A schema that is one reference and words about it. */
export interface Peeled {
  readonly reference: string | undefined;
  /** What it leads to, or the schema itself. */
  readonly node: unknown;
  readonly isNullable: boolean;
  /** What stands beside the reference. */
  readonly words: JsonObject;
}

export interface ShapeReader {
  shapeOf(node: unknown): Shape;
  peel(node: unknown): Peeled;
  /** A number for each schema object, so that two can be said to have met. */
  numberOf(node: unknown): number;
}

/** Keywords that only speak to people and tools. */
export const words: ReadonlySet<string> = new Set([
  'title',
  'description',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  '$id',
  '$anchor',
  '$defs',
  'definitions',
]);

const isWord = (name: string): boolean =>
  words.has(name) || (name.startsWith('x-') && name !== 'x-extensible-enum');

/** The keywords by which a schema limits what it takes, its type and variants apart. */
export const structureOf = ({ keywords }: Shape): readonly string[] =>
  Object.keys(keywords).filter((name) => !isWord(name));

/** Whether its variants say all that a union says. */
export const isBare = (shape: Shape): boolean =>
  shape.types === undefined && structureOf(shape).every((name) => name === 'default');

export const createShapeReader = (document: Document): ShapeReader => {
  const shapes = new Map<unknown, Shape>();
  const numbers = new Map<unknown, number>();
  const conjunctions = new Map<string, JsonObject>();
  const membersOf = new Map<unknown, readonly unknown[]>();
  const numberOf = (node: unknown): number => {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    numbers.set(node, numbers.size);
    return numbers.size - 1;
  };
  /** The same object for the same two, and flat, so that recursion through them comes back to where it was. */
  const both = (one: unknown, other: unknown): unknown => {
    const members = [...new Set([one, other].flatMap((node) => membersOf.get(node) ?? [node]))];
    if (members.length === 1) return one;
    const key = members.map(numberOf).join(',');
    const conjunction = conjunctions.get(key) ?? { allOf: members };
    conjunctions.set(key, conjunction);
    membersOf.set(conjunction, members);
    return conjunction;
  };

  const shapeOf = (node: unknown): Shape => {
    const known = shapes.get(node);
    if (known !== undefined) return known;
    const parts: Part[] = [];
    gather(document, node, undefined, [], parts);
    const shape = shapeOfParts(parts, both);
    shapes.set(node, shape);
    return shape;
  };
  return { shapeOf, peel: (node) => peel(document, node), numberOf };
};

/** One schema among those that hold together. */
interface Part {
  readonly keywords: JsonObject;
  readonly home: string | undefined;
  /** A branch `null` beside one other. */
  readonly isNullable: boolean;
}

const gather = (
  document: Document,
  node: unknown,
  home: string | undefined,
  path: readonly unknown[],
  parts: Part[],
): void => {
  if (path.includes(node)) return;
  if (path.length > mostNested) throw new UnreadableDocument('A schema is nested too deeply.');
  if (node === true) return;
  if (node === false) {
    parts.push({ keywords: { type: [] }, home, isNullable: false });
    return;
  }
  const schema = asObject(node, 'A schema');
  const deeper = [...path, node];
  const reference = textAt(schema, '$ref');
  if (reference !== undefined) {
    gather(document, document.resolve(reference), nameOfReference(reference), deeper, parts);
  }
  for (const part of listAt(schema, 'allOf') ?? []) gather(document, part, home, deeper, parts);
  const { $ref: _reference, allOf: _parts, ...keywords } = schema;
  const only = optionOf(schema);
  if (only === undefined) {
    parts.push({ keywords, home, isNullable: false });
    return;
  }
  gather(document, only, home, deeper, parts);
  const { oneOf: _one, anyOf: _any, discriminator: _discriminator, ...rest } = keywords;
  parts.push({ keywords: rest, home, isNullable: true });
};

const isNull = (node: unknown): boolean => {
  if (!isObject(node)) return false;
  const type = own(node, 'type');
  return (
    type === 'null' ||
    (Array.isArray(type) && type.length === 1 && type[0] === 'null') ||
    canonical(own(node, 'enum')) === '[null]' ||
    own(node, 'const') === null
  );
};

/** `X` of `anyOf: [X, null]`, which is how a reference becomes nullable. */
const optionOf = (schema: JsonObject): unknown => {
  const list = listAt(schema, 'anyOf') ?? listAt(schema, 'oneOf');
  if (list === undefined || !list.some(isNull)) return undefined;
  const rest = list.filter((option) => !isNull(option));
  return rest.length === 1 ? rest[0] : undefined;
};

const peel = (document: Document, node: unknown): Peeled => {
  let peeled: Peeled = { reference: undefined, node, isNullable: false, words: {} };
  while (isObject(peeled.node)) {
    const next = innerOf(peeled.node);
    if (next === undefined) return peeled;
    peeled = {
      reference: next.reference,
      node: next.reference === undefined ? next.node : document.resolve(next.reference),
      isNullable: peeled.isNullable || next.isNullable,
      words: { ...next.words, ...peeled.words },
    };
    // What is behind a name is compared under that name.
    if (peeled.reference !== undefined) return peeled;
  }
  return peeled;
};

/** The one schema inside, when nothing but words stands around it. */
const innerOf = (schema: JsonObject): Peeled | undefined => {
  const { $ref, allOf, anyOf, oneOf, nullable, discriminator: _discriminator, ...rest } = schema;
  if (!Object.keys(rest).every(isWord)) return undefined;
  const around = { words: rest, isNullable: nullable === true };
  const isAlone = [$ref, allOf, anyOf, oneOf].filter((way) => way !== undefined).length === 1;
  if (!isAlone) return undefined;
  if ($ref !== undefined) return { reference: textAt(schema, '$ref'), node: undefined, ...around };
  const [only, ...others] = listAt(schema, 'allOf') ?? [];
  if (only !== undefined && others.length === 0) return { reference: undefined, node: only, ...around };
  const option = optionOf(schema);
  return option === undefined
    ? undefined
    : { reference: undefined, node: option, words: rest, isNullable: true };
};

const shapeOfParts = (parts: readonly Part[], both: (one: unknown, other: unknown) => unknown): Shape => {
  const homes = new Map<string, string>();
  for (const { keywords, home } of parts) {
    if (home === undefined) continue;
    for (const name of Object.keys(objectAt(keywords, 'properties') ?? {})) homes.set(name, home);
  }
  const merged = parts
    .map(({ keywords }) => keywords)
    .reduce((one, other) => mergeKeywords(one, other, both), {});
  const { type: _type, nullable: _nullable, oneOf, anyOf, discriminator: _discriminator, ...rest } = merged;
  const { types, isNullable, isImplied } = typesOf(merged);
  const list = listAt(merged, 'oneOf') ?? listAt(merged, 'anyOf');
  const options = list?.filter((option) => !isNull(option));
  return {
    types,
    isImplied,
    isNullable:
      isNullable ||
      parts.some((part) => part.isNullable || flagAt(part.keywords, 'nullable')) ||
      (types === undefined && list !== undefined && options?.length !== list.length),
    variants:
      options === undefined
        ? undefined
        : {
            kind: oneOf === undefined ? 'anyOf' : 'oneOf',
            list: options,
            discriminator: objectAt(merged, 'discriminator'),
          },
    // Both at once are rare: the one stays a keyword that is compared as a whole.
    keywords: oneOf !== undefined && anyOf !== undefined ? { ...rest, anyOf } : rest,
    homes,
  };
};
