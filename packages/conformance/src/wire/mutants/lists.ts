import {
  beheaded,
  doubled,
  from,
  json,
  list,
  member,
  set,
  status,
  target,
  text,
  to,
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
