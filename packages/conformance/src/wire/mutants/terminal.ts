import {
  bodyMember,
  frames,
  from,
  header,
  json,
  list,
  member,
  sent,
  set,
  status,
  to,
  where,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const stream = /\/pty$/;
const keyless = takes('knows no keys', sent('idempotency-key'));

export const terminal: Mutants = {
  'a terminal is a stream of its own': [
    gives(
      'names no frames',
      frames((all) => all.map((frame) => frame.replace('event: pty\n', ''))),
    ),
    gives(
      'loses a frame',
      frames((all) => all.filter((_, index) => index !== 3)),
    ),
    takes('begins anew', from(stream, sent('last-event-id'))),
    gives('has another page', to(stream, member('items.0', set('cols', 1)))),
    gives('does not end', where(204, status(200))),
  ],
  'a session links to its terminal': [
    gives(
      'links to none',
      to(
        /\/sessions\/[^/]+$/,
        member('links.pty', () => undefined),
      ),
    ),
    gives(
      'links to one from everywhere',
      to(
        /\/sessions\/[^/]+$/,
        member('links', (links) => ({ ...Object(links), pty: `${Object(links).self}/pty` })),
      ),
    ),
    gives('leads nowhere', to(stream, status(404))),
    gives(
      'links to none in lists',
      to(
        /\/sessions\?/,
        member(
          'items',
          list((items) => items.map((item) => ({ ...Object(item), links: {} }))),
        ),
      ),
    ),
  ],
  'typing is accepted and done once': [
    keyless,
    gives('does not tell a replay', header('idempotency-replayed')),
    gives(
      'answers in another shape',
      to(
        /\/input$/,
        where(
          202,
          json(() => ({ ok: true })),
        ),
      ),
    ),
  ],
  'a terminal is resized': [
    takes(
      'takes another size',
      from(
        /\/resize$/,
        bodyMember('cols', () => 90),
      ),
    ),
    gives('says 200', to(/\/resize$/, status(200))),
  ],
  'terminals say what they refuse': [
    gives(
      'has no session',
      where(
        404,
        member('code', () => 'session-not-found'),
      ),
    ),
    gives('takes everything', where(413, status(202))),
    gives('takes what is no base64', where(400, status(202))),
    gives('takes what comes too late', where(410, status(202))),
  ],
};
