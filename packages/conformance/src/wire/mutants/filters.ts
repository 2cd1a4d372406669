import { from, list, member, reversed, set, target, to, withoutQuery } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const sessionList = /^GET \/api\/v1\/sessions\?/;

/** A server that does not know a filter. */
const unfiltered = (name: string) => takes(`knows no ${name}`, from(sessionList, withoutQuery(name)));

/** A server whose filter finds nothing. */
const blind = (name: string) =>
  gives(
    `finds nothing by ${name}`,
    to(
      new RegExp(`[?&]${name}=`),
      member('items', () => []),
    ),
  );

export const filters: Mutants = {
  'sessions are found by task': [unfiltered('taskId'), blind('taskId')],
  'sessions are found by label': [
    unfiltered('label'),
    blind('label'),
    takes(
      'takes the last label',
      target((path) => path.replace(/label=mark:\w+&label=/, 'label=')),
    ),
    takes(
      'looks at the first label only',
      target((path) => path.replace(/(label=mark:\w+)&label=.*$/, '$1')),
    ),
  ],
  'sessions are found by status': [
    unfiltered('status'),
    blind('status'),
    takes(
      'looks at the first only',
      target((path) => path.replace(/(status=\w+),[\w,]+/, '$1')),
    ),
  ],
  'sessions are found by agent': [unfiltered('agent'), blind('agent')],
  'sessions are found by project': [unfiltered('projectId'), blind('projectId')],
  'sessions are found by repository': [unfiltered('repo')],
  'sessions are found by time': [
    unfiltered('createdAfter'),
    unfiltered('createdBefore'),
    blind('createdAfter'),
  ],
  'sessions are found by words of the prompt': [
    unfiltered('q'),
    blind('q'),
    takes(
      'finds any of the words',
      target((path) => path.replace('parrot%20elephant', 'parrot')),
    ),
    gives(
      'minds the case',
      to(
        /q=PARROT/,
        member('items', () => []),
      ),
    ),
    takes(
      'reads a query of its index',
      target((path) => path.replace(/q=elephant%22.*$/, 'q=parrot')),
    ),
  ],
  'a list is sorted either way': [
    unfiltered('sort'),
    gives('sorts the other way', to(/sort=createdAt/, member('items', list(reversed)))),
    gives(
      'lists changes as they come',
      to(
        /sort=-updatedAt/,
        member(
          'items',
          list((items) => items.map((item, place) => set('updatedAt', `200${place}`)(item))),
        ),
      ),
    ),
  ],
};
