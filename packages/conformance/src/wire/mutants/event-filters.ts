import {
  beheaded,
  both,
  doubled,
  eventFrames,
  frames,
  from,
  list,
  member,
  sent,
  status,
  target,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const ofOne = /^GET \/api\/v1\/sessions\/\w+\/events/;

/** Servers that do not know a filter, in the stream or in the history. */
const unfiltered = (name: string) => [
  takes(`knows no ${name}`, from(ofOne, withoutQuery(name))),
  takes(`knows no ${name} in streams`, (request) =>
    request.target.includes('perPage') ? request : from(ofOne, withoutQuery(name))(request),
  ),
  takes(`knows no ${name} in history`, from(/perPage/, withoutQuery(name))),
];

export const eventFilters: Mutants = {
  'a filtered stream keeps its place': [
    ...unfiltered('type').slice(0, 2),
    gives(
      'keeps its place to itself',
      frames((all) => all.filter((frame) => !frame.includes('event: cursor'))),
    ),
    gives(
      'sends its place as an event',
      frames((all) => all.map((frame) => frame.replace('event: cursor\n', ''))),
    ),
    gives('does not end', where(204, status(200))),
  ],
  'a filter of types is a list': [
    ...unfiltered('type'),
    takes(
      'looks at the first type only',
      target((path) => path.replace(/(type=\w+),[\w,]+/, '$1')),
    ),
  ],
  'a level is a floor': [
    ...unfiltered('level'),
    gives(
      'gives that level only',
      to(
        /level=debug/,
        both(
          member('items', () => []),
          eventFrames(() => []),
        ),
      ),
    ),
  ],
  'a tool execution is a filter': [
    ...unfiltered('tool_execution_id'),
    gives(
      'finds nothing of a tool',
      to(
        /tool_execution_id=/,
        both(
          member('items', () => []),
          eventFrames(() => []),
        ),
      ),
    ),
  ],
  'since and until bound the time': [
    ...unfiltered('since'),
    ...unfiltered('until'),
    gives(
      'leaves the first moment out',
      to(/since=/, both(member('items', list(beheaded)), eventFrames(beheaded))),
    ),
  ],
  'a filtered stream goes on from any id': [
    takes('begins anew', sent('last-event-id')),
    gives('gives the last event again', (answer, request) =>
      request.headers.some(([name]) => name === 'last-event-id')
        ? eventFrames(doubled)(answer, request)
        : answer,
    ),
  ],
};
