import { edited, gets, integer, object, sends, streams, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const strict = { additionalProperties: false };
const name = object({ name: text }, ['name']);
const nameAndSize = object({ name: text, size: integer }, ['name']);

export const members: readonly Pair[] = [
  pair(
    'a request gains an optional member',
    sends(name),
    sends(nameAndSize),
    'additive member-added request Thing.size',
  ),
  pair(
    'a request gains a required member',
    sends(name),
    sends(object({ name: text, size: integer }, ['name', 'size'])),
    'breaking member-added-required request Thing.size',
  ),
  pair(
    'a default does not excuse a required member',
    sends(name),
    sends(object({ name: text, size: { type: 'integer', default: 1 } }, ['name', 'size'])),
    'breaking member-added-required request Thing.size',
  ),
  pair(
    'a request loses a member',
    sends(nameAndSize),
    sends(name),
    'breaking member-removed request Thing.size',
  ),
  pair(
    'a strict request loses a member',
    sends(object({ name: text, size: integer }, [], strict)),
    sends(object({ name: text }, [], strict)),
    'breaking member-removed request Thing.size',
  ),
  pair(
    'a request may leave a member out',
    sends(name),
    sends(object({ name: text })),
    'additive member-optional request Thing.name',
  ),
  pair(
    'an answer gains a member',
    gets(name),
    gets(nameAndSize),
    'additive member-added response Thing.size',
  ),
  pair(
    'an answer gains a required member',
    gets(name),
    gets(object({ name: text, size: integer }, ['name', 'size'])),
    'additive member-added response Thing.size',
  ),
  pair(
    'an answer loses an optional member',
    gets(nameAndSize),
    gets(name),
    'breaking member-removed response Thing.size',
  ),
  pair(
    'a removed member that is still listed as required is removed',
    gets(object({ name: text, size: integer }, ['size'])),
    gets(object({ name: text }, ['size'])),
    'breaking member-removed response Thing.size',
  ),
  pair(
    'an answer may miss a member',
    gets(name),
    gets(object({ name: text })),
    'breaking member-optional response Thing.name',
  ),
  pair(
    'an answer always has a member',
    gets(object({ name: text })),
    gets(name),
    'additive member-required response Thing.name',
  ),
  pair(
    'a member has another name',
    gets(object({ name: text }, ['name'])),
    gets(object({ title: text }, ['title'])),
    'breaking member-removed response Thing.name',
    'additive member-added response Thing.title',
  ),
  pair(
    'an event loses a member',
    streams({ log: { line: text, level: text } }),
    streams({ log: { line: text } }),
    'breaking member-removed event log.level',
  ),
  pair(
    'an event gains a member',
    streams({ log: { line: text } }),
    streams({ log: { line: text, level: text } }),
    'additive member-added event log.level',
  ),
  pair(
    'the member that tells variants apart is no longer described',
    streams({ log: { line: text }, status: { status: text } }),
    edited(
      streams({ log: { line: text }, status: { status: text } }),
      'log',
      object({ line: text }, ['type']),
    ),
    'breaking member-removed event log.type',
  ),
  pair(
    'a request becomes strict',
    sends(name),
    sends(object({ name: text }, ['name'], strict)),
    'breaking unknown-members-refused request Thing',
  ),
  pair(
    'a request becomes lax',
    sends(object({ name: text }, ['name'], strict)),
    sends(name),
    'additive unknown-members-allowed request Thing',
  ),
  pair(
    'an answer says that there are no others',
    gets(name),
    gets(object({ name: text }, ['name'], strict)),
    'additive unknown-members-refused response Thing',
  ),
  pair(
    'an answer may have others',
    gets(object({ name: text }, ['name'], strict)),
    gets(name),
    'additive unknown-members-allowed response Thing',
  ),
  pair(
    'the values of a map have another type',
    gets({ type: 'object', additionalProperties: text }),
    gets({ type: 'object', additionalProperties: integer }),
    'breaking type-changed response Thing.*',
  ),
  pair(
    'a member that only answers have is none of the request',
    sends(object({ name: text, id: { type: 'string', readOnly: true } }, ['id'])),
    sends(object({ name: text })),
  ),
  pair(
    'a member of a request becomes read only',
    sends(object({ id: text })),
    sends(object({ id: { type: 'string', readOnly: true } })),
    'breaking member-removed request Thing.id',
  ),
  pair(
    'a member deep inside is removed',
    gets(object({ list: { type: 'array', items: object({ at: object({ x: integer, y: integer }) }) } })),
    gets(object({ list: { type: 'array', items: object({ at: object({ x: integer }) }) } })),
    'breaking member-removed response Thing.list[].at.y',
  ),
  pair(
    'a member with a name that is none',
    gets(object({ 'odd name': text, __proto__x: text })),
    gets(object({ __proto__x: text })),
    'breaking member-removed response Thing["odd name"]',
  ),
];
