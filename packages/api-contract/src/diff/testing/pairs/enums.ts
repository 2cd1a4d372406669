import { gets, object, sends, streams, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const one = (...values: readonly unknown[]) => ({ type: 'string', enum: values });
const open = (...values: readonly unknown[]) => ({ ...one(...values), 'x-extensible-enum': true });
const of = (schema: unknown) => object({ a: schema });

export const enums: readonly Pair[] = [
  pair(
    'a request takes one more value',
    sends(of(one('x'))),
    sends(of(one('x', 'y'))),
    'additive enum-value-added request Thing.a',
  ),
  pair(
    'an answer has one value less',
    gets(of(one('x', 'y'))),
    gets(of(one('x'))),
    'additive enum-value-removed response Thing.a',
  ),
  pair(
    'an event has one more value',
    streams({ status: { status: one('x') } }),
    streams({ status: { status: one('x', 'y') } }),
    'breaking enum-value-added event status.status',
  ),
  pair(
    'an open list of an answer grows',
    gets(of(open('x'))),
    gets(of(open('x', 'y'))),
    'additive open-enum-value-added response Thing.a',
  ),
  pair(
    'a list of known values grows',
    gets(of({ type: 'string', 'x-extensible-enum': ['x'] })),
    gets(of({ type: 'string', 'x-extensible-enum': ['x', 'y'] })),
    'additive open-enum-value-added response Thing.a',
  ),
  pair(
    'an answer opens its list',
    gets(of(one('x'))),
    gets(of(open('x'))),
    'breaking enum-opened response Thing.a',
  ),
  pair(
    'a request closes its list',
    sends(of(open('x'))),
    sends(of(one('x'))),
    'breaking enum-closed request Thing.a',
  ),
  pair(
    'an open text tells what is known',
    gets(of(text)),
    gets(of({ type: 'string', 'x-extensible-enum': ['x'] })),
    'neutral open-enum-listed response Thing.a',
  ),
  pair(
    'a request is limited to a list',
    sends(of(text)),
    sends(of(one('x', 'y'))),
    'breaking enum-introduced request Thing.a',
  ),
  pair(
    'an answer is no longer limited to a list',
    gets(of(one('x', 'y'))),
    gets(of(text)),
    'breaking enum-lifted response Thing.a',
  ),
  pair('a list in another order is the same list', gets(of(one('x', 'y'))), gets(of(one('y', 'x')))),
  pair('a constant is a list of one', gets(of({ type: 'string', const: 'x' })), gets(of(one('x')))),
  pair(
    'a list that gains null gains no value',
    gets(of(one('x'))),
    gets(of({ type: ['string', 'null'], enum: ['x', null] })),
    'breaking null-allowed response Thing.a',
  ),
];
