import type { JsonObject } from '../json.ts';

/** Documents for tests, of the few routes that a change needs. */
export const document = (parts: JsonObject): JsonObject => ({
  openapi: '3.1.0',
  info: { title: 'Things', version: '1.0.0' },
  paths: {},
  ...parts,
});

export const text = { type: 'string' };
export const integer = { type: 'integer' };

/** An object with these members; those in `required` must be there. */
export const object = (
  properties: JsonObject,
  required: readonly string[] = [],
  more: JsonObject = {},
): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  ...more,
});

export const toThing = { $ref: '#/components/schemas/Thing' };

export const json = (schema: unknown): JsonObject => ({ 'application/json': { schema } });

const ok = { 200: { description: 'OK' } };

/** `POST /things` takes a Thing. */
export const sends = (Thing: unknown, others: JsonObject = {}): JsonObject =>
  document({
    paths: {
      '/things': { post: { requestBody: { required: true, content: json(toThing) }, responses: ok } },
    },
    components: { schemas: { Thing, ...others } },
  });

/** `GET /things` answers with a Thing. */
export const gets = (Thing: unknown, others: JsonObject = {}): JsonObject =>
  document({
    paths: { '/things': { get: { responses: { 200: { description: 'OK', content: json(toThing) } } } } },
    components: { schemas: { Thing, ...others } },
  });

/** `GET /events` streams these events, each told apart by its `type`. */
export const streams = (events: Readonly<Record<string, JsonObject>>): JsonObject => {
  const names = Object.keys(events);
  const refer = (name: string) => `#/components/schemas/${name}`;
  const variants = names.map((name) => [name, object({ type: { const: name }, ...events[name] }, ['type'])]);
  return document({
    paths: {
      '/events': {
        get: {
          responses: {
            200: {
              description: 'OK',
              content: {
                'text/event-stream': { schema: text, 'x-frame-data': { $ref: refer('Event') } },
              },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        Event: {
          oneOf: names.map((name) => ({ $ref: refer(name) })),
          discriminator: {
            propertyName: 'type',
            mapping: Object.fromEntries(names.map((name) => [name, refer(name)])),
          },
        },
        ...Object.fromEntries(variants),
      },
    },
  });
};

/** The same with another component of this name. */
export const edited = (whole: JsonObject, name: string, schema: unknown): JsonObject => {
  const { schemas, ...components } = Object(whole.components);
  return { ...whole, components: { ...components, schemas: { ...schemas, [name]: schema } } };
};

/** One route, `GET /things`, that says this of itself. */
export const route = (operation: JsonObject, more: JsonObject = {}): JsonObject =>
  document({ paths: { '/things': { get: { responses: ok, ...operation } } }, ...more });

/** `GET /things` with one parameter. */
export const takes = (...parameters: readonly JsonObject[]): JsonObject => route({ parameters });

/** `GET /things` with these answers. */
export const answers = (responses: JsonObject): JsonObject => route({ responses });
