import {
  beheaded,
  doubled,
  from,
  json,
  list,
  member,
  reversed,
  set,
  status,
  target,
  text,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const sessionList = /^GET \/api\/v1\/sessions\?/;
const draftList = /^GET \/api\/v1\/drafts\?/;

export const lists: Mutants = {
  'pages and cursors walk the same list': [
    gives('gives a row twice', to(/cursor=/, member('items', list(doubled)))),
    gives('loses a row', to(/page=2/, member('items', list(beheaded)))),
    takes('minds no page', withoutQuery('page')),
    takes('minds no cursor', withoutQuery('cursor')),
    takes(
      'gives at most five',
      target((path) => path.replace(/perPage=(?:[6-9]|200)/, 'perPage=5')),
    ),
    gives(
      'ends too early',
      member('nextCursor', () => null),
    ),
  ],
  'the end of a list says so': [
    gives(
      'leads on for ever',
      to(
        sessionList,
        member('nextPage', () => 2),
      ),
    ),
    gives(
      'counts what it shows',
      to(
        /page=2/,
        member('total', () => 0),
      ),
    ),
    gives('counts pages from nought', member('pagination', set('totalPages', 9))),
    gives(
      'has another page in mind',
      to(
        /nobody/,
        member('pagination.perPage', () => 50),
      ),
    ),
  ],
  'a wrong page is refused by name': [
    takes(
      'takes what it can',
      target((path) => path.replace(/perPage=(?:0|201|-1|1\.5|x)$/, 'perPage=20')),
    ),
    takes(
      'takes the first page',
      target((path) => path.replace(/\?page=(?:0|-1|x)$/, '?page=1')),
    ),
    takes(
      'begins anew with a cursor it does not know',
      target((path) => path.replace(/\?cursor=.*$/, '?page=1')),
    ),
    takes(
      'goes as deep as asked',
      target((path) => path.replace('page=501', 'page=500')),
    ),
    gives(
      'says only that it is too deep',
      to(
        /page=501/,
        text((words) => words.replaceAll('cursor', 'walk')),
      ),
    ),
    gives('is not deep', to(/page=500/, status(400))),
  ],
  'a cursor belongs to its list': [
    takes('begins anew', from(draftList, withoutQuery('cursor'))),
    takes('takes one of two', from(/cursor=.*page=2/, withoutQuery('page'))),
  ],
  'every list has one shape': [
    gives(
      'lists repositories as they are',
      to(
        /\/repos\?/,
        json((page) => Object(page).items),
      ),
    ),
    gives(
      'has no pagination for files',
      to(
        /\/files\?/,
        member('pagination', () => undefined),
      ),
    ),
    gives(
      'does not count drafts',
      to(
        draftList,
        member('total', () => undefined),
      ),
    ),
    gives('gives more than asked for', to(/\/events/, member('items', list(doubled)))),
    gives(
      'does not say that more follows',
      to(
        /\/events/,
        member('nextCursor', () => null),
      ),
    ),
  ],
  'drafts are walked like sessions': [
    takes('minds no cursor', from(draftList, withoutQuery('cursor'))),
    takes('minds no page', from(draftList, withoutQuery('page'))),
    gives('gives rows twice', to(draftList, member('items', list(doubled)))),
  ],
  'a walk by cursor is not disturbed by what is new': [
    takes(
      'counts rows',
      target((path) => path.replace(/&cursor=.*$/, '&page=2')),
    ),
  ],
};

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

export const catalogue: Mutants = {
  'every agent has its schema': [
    gives('has none', to(/\/schemas\//, where(200, status(404)))),
    gives(
      'keeps it elsewhere',
      member('items.*.settingsSchemaRef', () => '/schemas/x.json'),
    ),
    gives(
      'has one for lists',
      to(
        /\/schemas\//,
        member('type', () => 'array'),
      ),
    ),
    gives(
      'has no agents',
      to(
        /\/agents$/,
        member('items', () => []),
      ),
    ),
    gives(
      'has no versions',
      to(
        /\/agents$/,
        member('items.*.versions', () => []),
      ),
    ),
  ],
  'runtimes and executors are told': [
    gives(
      'has no runtime',
      to(
        /\/runtimes/,
        member('items', () => []),
      ),
    ),
    gives(
      'does not say what executors can do',
      to(
        /\/executors/,
        member('items.*.pause', () => undefined),
      ),
    ),
  ],
  'repositories have two names': [
    gives('has forgotten one', to(/\/repositories/, status(404))),
    gives(
      'has two lists',
      to(
        /\/repositories/,
        member('total', () => 99),
      ),
    ),
  ],
};
