/** Where something was written: its path from the top, and its offset in the text, when it came from a text. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly offset: number | undefined;
}

/** What was written, each part with its place, so that a mistake is told where it was made. */
export type Source = { readonly at: Place } & (
  | { readonly kind: 'leaf'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly Source[] }
  | { readonly kind: 'map'; readonly members: ReadonlyMap<string, Member> }
);

/** A member of a map; `at` is the place of its name. */
export interface Member {
  readonly at: Place;
  readonly value: Source;
}

/** What cannot be read at all. */
export class Unreadable extends Error {
  readonly at: Place;
  constructor(at: Place, message: string) {
    super(message);
    this.at = at;
  }
}

/** Deeper than any scenario, and shallow enough to be walked. */
export const deepest = 200;

/** The source of a value that is there already, such as one sent inline. Throws `Unreadable`. */
export const sourceOfValue = (value: unknown, path: Place['path'] = []): Source => {
  const at: Place = { path, offset: undefined };
  if (path.length > deepest) throw new Unreadable(at, 'is nested too deeply');
  if (Array.isArray(value)) {
    return { kind: 'list', at, items: value.map((item, index) => sourceOfValue(item, [...path, index])) };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'leaf', at, value };
  const members = new Map<string, Member>();
  for (const [name, member] of Object.entries(value)) {
    const below = [...path, name];
    if (member !== undefined) {
      members.set(name, { at: { path: below, offset: undefined }, value: sourceOfValue(member, below) });
    }
  }
  return { kind: 'map', at, members };
};

/** What is written, as plain data. */
export const plainValue = (source: Source): unknown => {
  if (source.kind === 'leaf') return source.value;
  if (source.kind === 'list') return source.items.map(plainValue);
  return Object.fromEntries([...source.members].map(([name, { value }]) => [name, plainValue(value)]));
};

/**
 * The place of what stands at a path of the plain data: the value, its name when `atKey`, or the nearest thing around
 * it that was written.
 */
export const placeIn = (source: Source, path: Place['path'], atKey = false): Place => {
  let here = source;
  let offset = source.at.offset;
  let named = source.at.path;
  for (const [index, part] of path.entries()) {
    const rest = path.slice(index);
    const found: Member | undefined = partOf(here, part);
    if (found === undefined) return { path: [...named, ...rest], offset };
    // What a rule brought here is told where it was written.
    named = isBelow(found.at.path, here.at.path) ? [...named, part] : found.at.path;
    here = found.value;
    offset = atKey && rest.length === 1 ? found.at.offset : here.at.offset;
  }
  return { path: named, offset };
};

const partOf = (source: Source, part: string | number): Member | undefined => {
  if (source.kind === 'map') return source.members.get(String(part));
  if (source.kind === 'leaf') return undefined;
  // The short form [relativeTime, …] is an object for the schema.
  const item = source.items[typeof part === 'number' ? part : part === 'relativeTime' ? 0 : 1];
  return item === undefined ? undefined : { at: item.at, value: item };
};

const isBelow = (path: Place['path'], parent: Place['path']): boolean =>
  path.length === parent.length + 1 && parent.every((part, index) => part === path[index]);
