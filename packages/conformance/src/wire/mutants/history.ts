import { beheaded, doubled, from, list, member, reversed, sent, target, to, withoutQuery } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const ofOne = /^GET \/api\/v1\/sessions\/\w+\/events/;

const ofAll = /^GET \/api\/v1\/events/;

export const history: Mutants = {
  'one address, two answers': [
    takes('always streams', from(ofOne, sent('accept', 'text/event-stream'))),
    takes('prefers JSON', (request) =>
      request.target.includes('events') ? sent('accept', 'application/json')(request) : request,
    ),
    takes('reads no weights', (request) => {
      const accept = request.headers.find(([name]) => name === 'accept')?.[1];
      return accept === undefined ? request : sent('accept', accept.replace(/;q=0\.\d/g, ''))(request);
    }),
    takes(
      'streams pages',
      target((path) => path.replace(/\?(?:page|perPage|sort)=\w+$/, '')),
    ),
    takes('makes anything for anybody', (request) =>
      request.headers.some(([, value]) => value === 'text/html') ? sent('accept', '*/*')(request) : request,
    ),
  ],
  'history is what the stream gave': [
    gives('loses an event', to(/cursor=/, member('items', list(beheaded)))),
    gives(
      'does not count',
      member('total', () => null),
    ),
    gives(
      'tells it otherwise',
      member('items.0.ts', () => '2000-01-01T00:00:00.000Z'),
    ),
    gives('begins with the oldest', member('items', list(reversed))),
  ],
  'history goes both ways': [
    takes('goes one way', withoutQuery('sort')),
    takes(
      'goes the other way',
      from(
        /events\?perPage=200$/,
        target((path) => `${path}&sort=asc`),
      ),
    ),
  ],
  'history begins behind an event': [
    takes('knows no after', from(ofOne, withoutQuery('after'))),
    takes('knows no Last-Event-ID', from(ofOne, sent('last-event-id'))),
  ],
  'history has numbered pages': [
    takes('has one page', from(ofOne, withoutQuery('page'))),
    gives(
      'has pages of twenty',
      member('pagination.perPage', (size) => (size === 50 ? 20 : size)),
    ),
    gives('gives an event twice', to(/page=2/, member('items', list(doubled)))),
  ],
  'all sessions have a history too': [
    gives(
      'forgets whose they are',
      to(
        ofAll,
        member('items.*.sessionId', () => '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      ),
    ),
    gives('begins with the oldest', to(ofAll, member('items', list(reversed)))),
  ],
};
