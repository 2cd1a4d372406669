import { UnreadableDocument } from './unreadable.ts';

export type JsonObject = { readonly [name: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member by a name that a document chose, so never one of the prototype. */
export const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** An object that must be one if it is there at all. */
export const objectAt = (parent: JsonObject, name: string): JsonObject | undefined => {
  const value = own(parent, name);
  if (value === undefined || isObject(value)) return value;
  throw new UnreadableDocument(`"${name}" is not an object.`);
};

/** The members of an object; none where it is missing. */
export const entriesAt = (parent: JsonObject, name: string): readonly (readonly [string, unknown])[] =>
  Object.entries(objectAt(parent, name) ?? {});

export const listAt = (parent: JsonObject, name: string): readonly unknown[] | undefined => {
  const value = own(parent, name);
  if (value === undefined || Array.isArray(value)) return value;
  throw new UnreadableDocument(`"${name}" is not a list.`);
};

/** A list of texts, such as `required`. */
export const namesAt = (parent: JsonObject, name: string): readonly string[] =>
  (listAt(parent, name) ?? []).map((item) => {
    if (typeof item === 'string') return item;
    throw new UnreadableDocument(`"${name}" holds something that is not a name.`);
  });

export const textAt = (parent: JsonObject, name: string): string | undefined => {
  const value = own(parent, name);
  if (value === undefined || typeof value === 'string') return value;
  throw new UnreadableDocument(`"${name}" is not a text.`);
};

export const numberAt = (parent: JsonObject, name: string): number | undefined => {
  const value = own(parent, name);
  if (value === undefined || typeof value === 'number') return value;
  throw new UnreadableDocument(`"${name}" is not a number.`);
};

export const flagAt = (parent: JsonObject, name: string): boolean => {
  const value = own(parent, name);
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new UnreadableDocument(`"${name}" is neither true nor false.`);
};

/** The object itself, said what it should have been when it is none. */
export const asObject = (value: unknown, what: string): JsonObject => {
  if (isObject(value)) return value;
  throw new UnreadableDocument(`${what} is not an object.`);
};

/** The same text for the same value, in whatever order its members stand. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
};

export const equal = (one: unknown, other: unknown): boolean =>
  one === other || canonical(one) === canonical(other);
