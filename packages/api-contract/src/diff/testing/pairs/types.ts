import { gets, integer, object, sends, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const of = (schema: unknown) => object({ a: schema });
const toOther = { $ref: '#/components/schemas/Other' };

export const types: readonly Pair[] = [
  pair(
    'a request takes another type',
    sends(of(text)),
    sends(of(integer)),
    'breaking type-changed request Thing.a',
  ),
  pair(
    'an answer has another type',
    gets(of(text)),
    gets(of(integer)),
    'breaking type-changed response Thing.a',
  ),
  pair(
    'a request takes any number',
    sends(of(integer)),
    sends(of({ type: 'number' })),
    'additive type-widened request Thing.a',
  ),
  pair(
    'an answer has any number',
    gets(of(integer)),
    gets(of({ type: 'number' })),
    'breaking type-widened response Thing.a',
  ),
  pair(
    'a request takes whole numbers only',
    sends(of({ type: 'number' })),
    sends(of(integer)),
    'breaking type-narrowed request Thing.a',
  ),
  pair(
    'an answer has whole numbers only',
    gets(of({ type: 'number' })),
    gets(of(integer)),
    'additive type-narrowed response Thing.a',
  ),
  pair(
    'a request takes anything no more',
    sends(of({})),
    sends(of(text)),
    'breaking type-narrowed request Thing.a',
  ),
  pair('an answer may be anything', gets(of(text)), gets(of(true)), 'breaking type-widened response Thing.a'),
  pair(
    'a request takes null',
    sends(of(text)),
    sends(of({ type: ['string', 'null'] })),
    'additive null-allowed request Thing.a',
  ),
  pair(
    'an answer may be null',
    gets(of(text)),
    gets(of({ type: ['string', 'null'] })),
    'breaking null-allowed response Thing.a',
  ),
  pair(
    'a request takes null no more',
    sends(of({ type: ['string', 'null'] })),
    sends(of(text)),
    'breaking null-forbidden request Thing.a',
  ),
  pair(
    'an answer is never null',
    gets(of({ type: ['string', 'null'] })),
    gets(of(text)),
    'additive null-forbidden response Thing.a',
  ),
  pair(
    'a reference may be null',
    gets(of(toOther), { Other: object({}) }),
    gets(of({ anyOf: [toOther, { type: 'null' }] }), { Other: object({}) }),
    'breaking null-allowed response Thing.a',
  ),
  pair(
    'a type is no longer said',
    gets(of(object({}))),
    gets(of({ properties: {} })),
    'neutral type-implied response Thing.a',
  ),
  pair(
    'null is written as OpenAPI 3.0 and 3.1 write it',
    gets(of({ type: 'string', nullable: true })),
    gets(of({ type: ['string', 'null'] })),
  ),
  pair(
    'a union with null is a nullable type',
    gets(of({ anyOf: [text, { type: 'null' }] })),
    gets(of({ type: ['null', 'string'] })),
  ),
  pair(
    'the items of a list have another type',
    gets({ type: 'array', items: text }),
    gets({ type: 'array', items: integer }),
    'breaking type-changed response Thing[]',
  ),
  pair(
    'a pair gains a third',
    sends({ type: 'array', prefixItems: [text, text], items: false }),
    sends({ type: 'array', prefixItems: [text, text, integer], items: false }),
    'additive type-widened request Thing[2]',
  ),
  pair(
    'the format of a request changes',
    sends(of({ type: 'string', format: 'date' })),
    sends(of({ type: 'string', format: 'date-time' })),
    'breaking format-changed request Thing.a',
  ),
  pair(
    'a request must keep a format',
    sends(of(text)),
    sends(of({ type: 'string', format: 'uuid' })),
    'breaking format-added request Thing.a',
  ),
  pair(
    'an answer keeps a format no more',
    gets(of({ type: 'string', format: 'uuid' })),
    gets(of(text)),
    'breaking format-removed response Thing.a',
  ),
  pair(
    'numbers of an answer outgrow 32 bits',
    gets(of({ type: 'integer', format: 'int32' })),
    gets(of({ type: 'integer', format: 'int64' })),
    'breaking format-widened response Thing.a',
  ),
  pair(
    'numbers of a request must fit 32 bits',
    sends(of({ type: 'integer', format: 'int64' })),
    sends(of({ type: 'integer', format: 'int32' })),
    'breaking format-narrowed request Thing.a',
  ),
];
