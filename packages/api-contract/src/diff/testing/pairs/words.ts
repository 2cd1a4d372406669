import { document, gets, object, route, takes, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

export const words: readonly Pair[] = [
  pair(
    'a description changes',
    gets(object({ a: { type: 'string', description: 'one' } })),
    gets(object({ a: { type: 'string', description: 'two' } })),
    'neutral words-changed response Thing.a',
  ),
  pair(
    'an example is added',
    gets(object({ a: text })),
    gets(object({ a: { ...text, examples: ['x'] } })),
    'neutral words-changed response Thing.a',
  ),
  pair(
    'a summary changes',
    route({ summary: 'one' }),
    route({ summary: 'two' }),
    'neutral words-changed request GET /things',
  ),
  pair(
    'a route is deprecated',
    route({}),
    route({ deprecated: true }),
    'neutral deprecated request GET /things',
  ),
  pair(
    'a parameter is deprecated no more',
    takes({ name: 'q', in: 'query', deprecated: true, schema: text }),
    takes({ name: 'q', in: 'query', schema: text }),
    'neutral deprecation-withdrawn request GET /things · query q',
  ),
  pair(
    'an extension changes',
    route({ 'x-team': 'a' }),
    route({ 'x-team': 'b' }),
    'neutral extension-changed request GET /things',
  ),
  pair(
    'the document has another title',
    document({}),
    document({ info: { title: 'Other', version: '1.0.0' } }),
    'neutral info-changed request document · info',
  ),
  pair(
    'what no tool can weigh',
    gets(object({ a: { ...text, not: { enum: ['x'] } } })),
    gets(object({ a: { ...text, not: { enum: ['y'] } } })),
    'breaking unjudged-change response Thing.a',
  ),
  pair(
    'what no tool knows',
    route({ callbacks: {} }),
    route({ callbacks: { done: {} } }),
    'breaking unjudged-change request GET /things',
  ),
];
