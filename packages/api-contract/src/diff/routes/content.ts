import type { Comparison } from '../comparison.ts';
import { asObject, entriesAt, isObject, type JsonObject, objectAt, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { compareSchemas } from '../schema/compare.ts';
import { compareRest } from '../words.ts';

const inBoth = {
  removed: breaking('Who asked for it gets something else: go on sending it.'),
  added: additive('It comes to who asks for it.'),
};

export const contentRules = {
  removed: {
    id: 'media-type-removed',
    what: 'a media type was removed',
    request: breaking('Who sends it is refused with 415: go on accepting it.'),
    response: inBoth.removed,
    event: inBoth.removed,
  },
  added: {
    id: 'media-type-added',
    what: 'a media type was added',
    request: additive('Clients may send it; none has to.'),
    response: inBoth.added,
    event: inBoth.added,
  },
} satisfies Record<string, Rule>;

/** Compares the bodies of a request or a response, each media type for itself. */
export const compareContent = (
  before: JsonObject,
  after: JsonObject,
  comparison: Comparison,
  scope: Scope,
): void => {
  const was = mediaTypesOf(before);
  const is = mediaTypesOf(after);
  for (const [type] of was) if (!is.has(type)) scope.part(type).report(contentRules.removed, type, null);
  for (const [type, media] of is) {
    const old = was.get(type);
    if (old === undefined) scope.part(type).report(contentRules.added, null, type);
    else compareMedia(type, old, media, comparison, type === 'application/json' ? scope : scope.part(type));
  }
};

/** A character set and the like say nothing about what is inside. */
const mediaTypesOf = (holder: JsonObject): ReadonlyMap<string, JsonObject> =>
  new Map(
    entriesAt(holder, 'content').map(([type, media]) => [
      type.replace(/;.*/, '').trim().toLowerCase(),
      asObject(media, `The media type ${type}`),
    ]),
  );

const compareMedia = (
  type: string,
  was: JsonObject,
  is: JsonObject,
  comparison: Comparison,
  scope: Scope,
): void => {
  const [old, fresh] = [frameOf(type, was), frameOf(type, is)];
  if (old !== undefined || fresh !== undefined) {
    const events = scope.direction === 'response' ? scope.facing('event') : scope;
    compareSchemas(old ?? true, fresh ?? true, comparison, events.part('event'), { isEvents: true });
  }
  // What is an event is compared as one.
  const body = (media: JsonObject, frame: unknown) => {
    const schema = own(media, 'schema') ?? true;
    return schema === frame ? true : schema;
  };
  compareSchemas(body(was, old), body(is, fresh), comparison, scope);
  compareRest(was, is, { compared, words }, scope);
};

const compared: ReadonlySet<string> = new Set(['schema', 'itemSchema', 'x-frame-data']);

const words: ReadonlySet<string> = new Set(['example', 'examples']);

/**
 * What one event of a stream is, if the media type says so: `x-frame-data` for the data of a server-sent event,
 * `itemSchema` of OpenAPI 3.2 for the frame, or for an item of a sequence, or the schema of `text/event-stream` itself.
 */
export const frameOf = (type: string, media: JsonObject): unknown => {
  const item = own(media, 'x-frame-data') ?? own(media, 'itemSchema');
  if (item === undefined) return type === 'text/event-stream' ? structured(own(media, 'schema')) : undefined;
  const frame = isObject(item) ? own(objectAt(item, 'properties') ?? {}, 'data') : undefined;
  return (isObject(frame) ? own(frame, 'contentSchema') : undefined) ?? item;
};

/** Many say only that it is text. */
const structured = (schema: unknown): unknown =>
  isObject(schema) && own(schema, 'type') !== 'string' ? schema : undefined;
