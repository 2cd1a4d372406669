import { gets, object, sends } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const number = (more: object) => object({ a: { type: 'integer', ...more } });
const string = (more: object) => object({ a: { type: 'string', ...more } });
const list = (more: object) => object({ a: { type: 'array', items: {}, ...more } });
const tightened = 'breaking bound-tightened request Thing.a';
const loosened = 'breaking bound-loosened response Thing.a';

export const bounds: readonly Pair[] = [
  pair('a minimum rises', sends(number({ minimum: 1 })), sends(number({ minimum: 2 })), tightened),
  pair(
    'a minimum falls',
    sends(number({ minimum: 2 })),
    sends(number({ minimum: 1 })),
    'additive bound-loosened request Thing.a',
  ),
  pair('a maximum is set', sends(number({})), sends(number({ maximum: 9 })), tightened),
  pair('an answer has no maximum any more', gets(number({ maximum: 9 })), gets(number({})), loosened),
  pair(
    'an answer has a lower maximum',
    gets(number({ maximum: 9 })),
    gets(number({ maximum: 8 })),
    'additive bound-tightened response Thing.a',
  ),
  pair('a text must be shorter', sends(string({ maxLength: 9 })), sends(string({ maxLength: 8 })), tightened),
  pair('a text may be longer', gets(string({ maxLength: 8 })), gets(string({ maxLength: 9 })), loosened),
  pair('a text must not be empty', sends(string({})), sends(string({ minLength: 1 })), tightened),
  pair('at least none is no bound', sends(string({})), sends(string({ minLength: 0 }))),
  pair('a list must be shorter', sends(list({ maxItems: 9 })), sends(list({ maxItems: 8 })), tightened),
  pair('a list may be empty', gets(list({ minItems: 1 })), gets(list({})), loosened),
  pair('the items of a list must differ', sends(list({})), sends(list({ uniqueItems: true })), tightened),
  pair('the items of a list may be alike', gets(list({ uniqueItems: true })), gets(list({})), loosened),
  pair(
    'only every fourth is taken',
    sends(number({ multipleOf: 2 })),
    sends(number({ multipleOf: 4 })),
    tightened,
  ),
  pair(
    'every third instead of every second',
    sends(number({ multipleOf: 2 })),
    sends(number({ multipleOf: 3 })),
    'breaking bound-changed request Thing.a',
  ),
  pair(
    'tenths are thirds of tenths',
    sends(number({ multipleOf: 0.3 })),
    sends(number({ multipleOf: 0.1 })),
    'additive bound-loosened request Thing.a',
  ),
  pair(
    'a bound is written as OpenAPI 3.0 writes it',
    sends(number({ minimum: 1, exclusiveMinimum: true })),
    sends(number({ exclusiveMinimum: 1 })),
  ),
  pair(
    'a text must match',
    sends(string({})),
    sends(string({ pattern: '^a' })),
    'breaking pattern-added request Thing.a',
  ),
  pair(
    'an answer need not match',
    gets(string({ pattern: '^a' })),
    gets(string({})),
    'breaking pattern-removed response Thing.a',
  ),
  pair(
    'a text must match something else',
    sends(string({ pattern: '^a' })),
    sends(string({ pattern: '^[ab]' })),
    'breaking pattern-changed request Thing.a',
  ),
  pair(
    'another default',
    sends(number({ default: 1 })),
    sends(number({ default: 2 })),
    'breaking default-changed request Thing.a',
  ),
  pair(
    'a default is set',
    sends(number({})),
    sends(number({ default: 2 })),
    'additive default-added request Thing.a',
  ),
  pair(
    'a default is taken away',
    sends(number({ default: 2 })),
    sends(number({})),
    'breaking default-removed request Thing.a',
  ),
  pair(
    'the default of an answer',
    gets(number({ default: 1 })),
    gets(number({ default: 2 })),
    'neutral default-changed response Thing.a',
  ),
];
