import { describe, expect, test } from 'vitest';
import { readCheckedIn } from '../testing/document.ts';
import { compareContracts } from './compare.ts';
import type { JsonObject } from './json.ts';
import { answers, document, gets, json, object, sends, streams, text, toThing } from './testing/documents.ts';
import { UnreadableDocument } from './unreadable.ts';

const said = (before: unknown, after: unknown) =>
  compareContracts(before, after).findings.map((finding) => `${finding.class} ${finding.id}`);

describe('what refers to itself', () => {
  const tree = (value: unknown) => object({ value, children: { type: 'array', items: toThing } });
  test('is compared once', () => {
    expect(said(gets(tree(text)), gets(tree({ type: 'integer' })))).toEqual([
      'breaking type-changed:response:Thing.value',
    ]);
  });

  test('through another, too', () => {
    const pingPong = (end: unknown) =>
      gets(object({ other: { $ref: '#/components/schemas/Other' } }), {
        Other: object({ back: toThing, end }),
      });
    expect(said(pingPong(text), pingPong(true))).toEqual(['breaking type-widened:response:Other.end']);
  });

  test('may be unrolled once', () => {
    const rolled = gets(tree(text));
    const unrolled = gets(object({ value: text, children: { type: 'array', items: tree(text) } }));
    expect(said(rolled, unrolled)).toEqual([]);
    expect(said(unrolled, rolled)).toEqual([]);
  });

  test('through what it inherits', () => {
    const odd = (value: unknown) => ({
      allOf: [object({ next: toThing }), object({ next: toThing, value })],
    });
    expect(said(gets(odd(text)), gets(odd({ type: 'integer' })))).toEqual([
      'breaking type-changed:response:Thing.value',
    ]);
    expect(
      said(gets({ allOf: [toThing, object({ a: text })] }), gets({ allOf: [toThing, object({})] })),
    ).toEqual(['breaking member-removed:response:Thing.a']);
    expect(said(gets(toThing), gets(toThing))).toEqual([]);
  });
});

describe('a component', () => {
  const twice = (Thing: unknown): JsonObject => ({
    ...sends(Thing),
    paths: {
      '/a': { get: { responses: { 200: { description: 'OK', content: json(toThing) } } } },
      '/b': {
        post: {
          requestBody: { content: json(object({ thing: toThing })) },
          responses: { 201: { description: 'Made', content: json({ type: 'array', items: toThing }) } },
        },
      },
    },
  });

  test('is told once for what clients send and once for what they get, with its routes', () => {
    const { findings } = compareContracts(twice(object({ a: text, b: text })), twice(object({ a: text })));
    expect(findings.map(({ id, routes }) => [id, ...routes])).toEqual([
      ['member-removed:request:Thing.b', 'POST /b'],
      ['member-removed:response:Thing.b', 'GET /a', 'POST /b'],
    ]);
  });

  test('that another name stands for is told by its own', () => {
    const alias = (Other: unknown) => gets({ $ref: '#/components/schemas/Other' }, { Other });
    expect(said(alias(text), alias({ type: 'integer' }))).toEqual(['breaking type-changed:response:Other']);
  });

  test('that a schema refers to instead of another is told where that is', () => {
    const refer = (name: string) =>
      gets(object({ a: { $ref: `#/components/schemas/${name}` } }), { One: text, Two: { type: 'integer' } });
    expect(said(refer('One'), refer('Two'))).toEqual(['breaking type-changed:response:Thing.a']);
  });

  test('may be called like what every object has', () => {
    const odd = (schema: unknown) =>
      gets({ $ref: '#/components/schemas/constructor' }, { constructor: schema });
    expect(said(odd(object({ toString: text })), odd(object({})))).toEqual([
      'breaking member-removed:response:constructor.toString',
    ]);
    const none = gets({ $ref: '#/components/schemas/toString' });
    expect(() => said(none, none)).toThrow(/"#\/components\/schemas\/toString" leads nowhere/);
    const proto: unknown = JSON.parse(
      JSON.stringify(gets(object({ x: text }))).replace('"x"', '"__proto__"'),
    );
    expect(said(proto, gets(object({})))).toEqual(['breaking member-removed:response:Thing.__proto__']);
  });
});

describe('an event', () => {
  test('is one in a page of history as well', () => {
    const withHistory = (whole: JsonObject): JsonObject => ({
      ...whole,
      paths: {
        ...Object(whole.paths),
        '/history': {
          get: {
            responses: {
              200: {
                description: 'OK',
                content: json({ type: 'array', items: { $ref: '#/components/schemas/Event' } }),
              },
            },
          },
        },
      },
    });
    const before = withHistory(streams({ status: { status: text } }));
    const after = withHistory(streams({ status: { status: text }, log: { line: text } }));
    const [found, ...others] = compareContracts(before, after).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ rule: 'event-type-added', class: 'additive', direction: 'event' });
    expect(found?.routes).toEqual(['GET /events', 'GET /history']);
  });

  test.each([
    [
      'the way of OpenAPI 3.2',
      (schema: unknown) => ({ itemSchema: object({ data: { contentSchema: schema } }) }),
    ],
    ['as the schema of the stream', (schema: unknown) => ({ schema })],
    ['as an item of a sequence', (schema: unknown) => ({ itemSchema: schema })],
  ])('may be described %s', (_how, media) => {
    const stream = (...types: readonly string[]) =>
      answers({
        200: {
          description: 'OK',
          content: {
            'text/event-stream': media({
              oneOf: types.map((type) => object({ type: { const: type } }, ['type'])),
            }),
          },
        },
      });
    const place = 'GET /things · response 200 · text/event-stream · event';
    expect(said(stream('a', 'b'), stream('a', 'c'))).toEqual([
      `breaking event-type-removed:event:${place} (b)`,
      `additive event-type-added:event:${place} (c)`,
    ]);
  });
});

describe('what cannot be read to its end', () => {
  const fine = document({});
  test.each([
    ['is no object', [], /not an object/],
    ['is Swagger', { swagger: '2.0' }, /Swagger 2\.0/],
    ['is another version', { ...fine, openapi: '4.0.0' }, /look at "openapi"/],
    ['has no version', { openapi: '3.1.0', info: {} }, /look at "info.version"/],
    ['leads out of itself', gets({ $ref: 'other.yaml#/Thing' }), /bundle it/],
    ['leads nowhere', gets({ $ref: '#/nowhere' }), /leads nowhere/],
    ['has a list where an object belongs', document({ paths: [] }), /"paths" is not an object/],
    ['requires what is no name', gets({ type: 'object', required: [1] }), /Thing: "required"/],
    ['goes round in a circle', answers({ 200: { $ref: '#/components/responses/A' } }), /leads nowhere/],
  ])('a document that %s', (_what, value, message) => {
    expect(() => compareContracts(value, value)).toThrow(UnreadableDocument);
    expect(() => compareContracts(value, value)).toThrow(message);
  });

  test('a document that is nested without end', () => {
    let schema: unknown = text;
    for (let depth = 0; depth < 5_000; depth += 1) schema = { allOf: [schema, { not: {} }] };
    expect(() => compareContracts(gets(schema), gets(schema))).toThrow(/nested too deeply/);
    let list: unknown = text;
    for (let depth = 0; depth < 5_000; depth += 1) list = { type: 'array', items: list };
    expect(() => compareContracts(gets(list), gets(list))).toThrow(/nested too deeply/);
    let value: unknown = [];
    for (let depth = 0; depth < 50_000; depth += 1) value = [value];
    expect(() => compareContracts(gets({ example: value }), gets({ example: [] }))).toThrow(
      /nested too deeply/,
    );
  });

  test('but for what leads on and on', () => {
    const refer = (index: number) => ({ $ref: `#/components/schemas/T${index}` });
    const chain = (step: (index: number) => unknown, end: unknown) => {
      const others = Array.from({ length: 5_000 }, (_, index) => [`T${index}`, step(index + 1)]);
      return gets(refer(0), { ...Object.fromEntries(others), T5000: end });
    };
    const members = (end: unknown) => chain((next) => object({ next: refer(next) }), end);
    expect(said(members(text), members(true))).toEqual(['breaking type-widened:response:T5000']);
    const aliases = (end: unknown) => chain(refer, end);
    expect(said(aliases(text), aliases(true))).toEqual(['breaking type-widened:response:T5000']);
    const unions = (end: unknown) => chain((next) => ({ anyOf: [refer(next), { type: 'boolean' }] }), end);
    expect(() => said(unions(text), unions(true))).toThrow(/nested too deeply/);
  });

  test('says which of the two it is', () => {
    expect(() => compareContracts({}, fine)).toThrow(/^the old document: /);
    expect(() => compareContracts(fine, {})).toThrow(/^the new document: /);
  });
});

describe('our own contract', () => {
  type Edit = (contract: {
    components: { schemas: Record<string, Record<string, unknown>> };
    paths: JsonObject;
  }) => void;
  const edit = (change: Edit): readonly string[] => {
    const contract = JSON.parse(readCheckedIn());
    change(contract);
    return said(JSON.parse(readCheckedIn()), contract);
  };

  test('does not differ from itself', () => {
    expect(edit(() => {})).toEqual([]);
  });

  test.each<[string, Edit, readonly string[]]>([
    [
      'a field is removed',
      ({ components: { schemas } }) => {
        Reflect.deleteProperty(Object(schemas.Session?.properties), 'createdAt');
      },
      ['breaking member-removed:response:Session.createdAt'],
    ],
    [
      'a request member is newly required',
      ({ components: { schemas } }) => {
        schemas.CreateTask = { ...schemas.CreateTask, required: ['prompt', 'repo', 'labels'] };
      },
      ['breaking member-required:request:CreateTask.labels'],
    ],
    [
      'the levels one may ask for and may get are fewer',
      ({ components: { schemas } }) => {
        schemas.Level = { ...schemas.Level, enum: ['info', 'warn', 'error'] };
      },
      [
        'breaking enum-value-removed:request:Level',
        'additive enum-value-removed:event:Level',
        'additive enum-value-removed:response:Level',
      ],
    ],
    [
      'a type of event is removed',
      ({ components: { schemas } }) => {
        const { oneOf } = Object(schemas.SessionEvent);
        Object(schemas.SessionEvent).oneOf = oneOf.filter(
          ({ $ref }: JsonObject) => !String($ref).endsWith('/PlanEvent'),
        );
        Reflect.deleteProperty(Object(schemas.SessionEvent).discriminator.mapping, 'plan');
      },
      ['breaking event-type-removed:event:SessionEvent (plan)'],
    ],
    [
      'a status is added',
      ({ components: { schemas } }) => {
        Object(schemas.SessionStatus).enum.push('lost');
      },
      [
        'breaking enum-value-added:event:SessionStatus',
        'breaking enum-value-added:response:SessionStatus',
        'additive enum-value-added:request:SessionStatus',
      ],
    ],
    [
      'a route is removed',
      ({ paths }) => {
        Reflect.deleteProperty(paths, '/version');
      },
      ['breaking route-removed:request:GET /version'],
    ],
  ])('%s', (_what, change, expected) => {
    expect(edit(change).filter((line) => !line.includes('unused-component'))).toEqual(expected);
  });
});
