import { gets, integer, object, sends, streams, text } from '../documents.ts';
import { type Pair, pair } from '../pair.ts';

const state = (...values: readonly string[]) =>
  object({ state: { type: 'string', enum: values } }, ['state']);

/** What every reviewer is asked first. */
export const seenWhen: readonly Pair[] = [
  pair(
    'a field is removed',
    gets(object({ id: text, size: integer }, ['id', 'size'])),
    gets(object({ id: text }, ['id'])),
    'breaking member-removed response Thing.size',
  ),
  pair(
    'a request member is newly required',
    sends(object({ name: text, owner: text }, ['name'])),
    sends(object({ name: text, owner: text }, ['name', 'owner'])),
    'breaking member-required request Thing.owner',
  ),
  pair(
    'the enum of a request is narrowed',
    sends(state('open', 'closed', 'lost')),
    sends(state('open', 'closed')),
    'breaking enum-value-removed request Thing.state',
  ),
  pair(
    'a type of event is removed',
    streams({ status: { status: text }, log: { line: text } }),
    streams({ status: { status: text } }),
    'breaking event-type-removed event Event (log)',
  ),
  pair(
    'the enum of an answer is widened',
    gets(state('open', 'closed')),
    gets(state('open', 'closed', 'lost')),
    'breaking enum-value-added response Thing.state',
  ),
  pair(
    'a type of event is added',
    streams({ status: { status: text } }),
    streams({ status: { status: text }, log: { line: text } }),
    'additive event-type-added event Event (log)',
  ),
];
