import type { JsonObject } from '../../json.ts';
import { gets, integer, object, sends, streams, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const cat = object({ kind: { const: 'cat' }, lives: integer }, ['kind']);
const dog = object({ kind: { const: 'dog' }, tricks: integer }, ['kind']);
const cow = object({ kind: { const: 'cow' } }, ['kind']);
const animals: JsonObject = { Cat: cat, Dog: dog, Cow: cow };
const refer = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const one = (...names: readonly string[]) => ({ oneOf: names.map(refer) });
const any = (...options: readonly unknown[]) => ({ anyOf: options });
const told = (by: string, ...names: readonly string[]) => ({
  ...one(...names),
  discriminator: { propertyName: by },
});

export const unions: readonly Pair[] = [
  pair(
    'a request takes one more variant',
    sends(one('Cat'), animals),
    sends(one('Cat', 'Dog'), animals),
    'additive variant-added request Thing (dog)',
  ),
  pair(
    'a request takes one variant less',
    sends(one('Cat', 'Dog'), animals),
    sends(one('Cat'), animals),
    'breaking variant-removed request Thing (dog)',
  ),
  pair(
    'an answer has one more variant',
    gets(one('Cat', 'Dog'), animals),
    gets(one('Cat', 'Dog', 'Cow'), animals),
    'breaking variant-added response Thing (cow)',
  ),
  pair(
    'an answer has one variant less',
    gets(one('Cat', 'Dog', 'Cow'), animals),
    gets(one('Cat', 'Dog'), animals),
    'additive variant-removed response Thing (cow)',
  ),
  pair(
    'a variant has another tag',
    gets(one('Cat', 'Dog'), animals),
    gets(one('Cat', 'Dog'), {
      ...animals,
      Dog: object({ kind: { const: 'hound' }, tricks: integer }, ['kind']),
    }),
    'breaking variant-added response Thing (hound)',
    'additive variant-removed response Thing (dog)',
  ),
  pair(
    'a variant changes inside',
    gets(one('Cat', 'Dog'), animals),
    gets(one('Cat', 'Dog'), { ...animals, Dog: object({ kind: { const: 'dog' } }, ['kind']) }),
    'breaking member-removed response Dog.tricks',
  ),
  pair(
    'a text may be a list as well',
    gets(object({ a: text })),
    gets(object({ a: any(text, { type: 'array', items: text }) })),
    'breaking variant-added response Thing.a (array of string)',
  ),
  pair(
    'a request takes a list beside a text',
    sends(object({ a: text })),
    sends(object({ a: any(text, { type: 'array', items: text }) })),
    'additive variant-added request Thing.a (array of string)',
  ),
  pair(
    'a union of types is a list of types',
    sends(object({ a: { type: ['string', 'integer'] } })),
    sends(object({ a: any(text, integer) })),
  ),
  pair(
    'variants that are grouped are the same',
    gets(one('Cat', 'Dog', 'Cow'), animals),
    gets({ oneOf: [refer('Pet'), refer('Cow')] }, { ...animals, Pet: one('Cat', 'Dog') }),
  ),
  pair(
    'a request must fit one variant only',
    sends(any(object({ a: text }), object({ b: text }))),
    sends({ oneOf: [object({ a: text }), object({ b: text })] }),
    'breaking union-made-exclusive request Thing',
  ),
  pair(
    'an answer may fit several variants',
    gets({ oneOf: [object({ a: text }), object({ b: text })] }),
    gets(any(object({ a: text }), object({ b: text }))),
    'breaking union-made-inclusive response Thing',
  ),
  pair(
    'variants with a tag exclude each other anyway',
    gets(one('Cat', 'Dog'), animals),
    gets(any(refer('Cat'), refer('Dog')), animals),
    'neutral union-kind-changed response Thing',
  ),
  pair(
    'a request must fit a variant besides',
    sends(object({ a: text, b: text })),
    sends(object({ a: text, b: text }, [], any({ required: ['a'] }, { required: ['b'] }))),
    'breaking union-introduced request Thing',
  ),
  pair(
    'a request need not fit a variant any more',
    sends(object({ a: text, b: text }, [], any({ required: ['a'] }, { required: ['b'] }))),
    sends(object({ a: text, b: text })),
    'additive union-lifted request Thing',
  ),
  pair(
    'variants are told apart by another member',
    gets(told('kind', 'Cat', 'Dog'), animals),
    gets(told('type', 'Cat', 'Dog'), animals),
    'breaking discriminator-changed response Thing',
  ),
  pair(
    'the member that tells variants apart is named',
    gets(one('Cat', 'Dog'), animals),
    gets(told('kind', 'Cat', 'Dog'), animals),
    'neutral discriminator-added response Thing',
  ),
  pair(
    'what holds together is the same as one',
    sends({ allOf: [object({ a: text }, ['a']), object({ b: integer })] }),
    sends(object({ a: text, b: integer }, ['a'])),
  ),
  pair(
    'what is inherited is told where it is declared',
    gets({ allOf: [refer('Base'), object({ b: text })] }, { Base: object({ a: text, c: text }) }),
    gets({ allOf: [refer('Base'), object({ b: text })] }, { Base: object({ a: text }) }),
    'breaking member-removed response Base.c',
  ),
  pair(
    'an event has another type',
    streams({ status: { status: text }, log: { line: text } }),
    streams({ status: { status: text }, line: { line: text } }),
    'breaking event-type-removed event Event (log)',
    'additive event-type-added event Event (line)',
  ),
  pair(
    'a union inside an event is closed',
    streams({ said: { by: any(text) } }),
    streams({ said: { by: any(text, integer) } }),
    'breaking variant-added event said.by (integer)',
  ),
];
