import {
  bodyMember,
  doubled,
  from,
  header,
  json,
  list,
  member,
  sent,
  status,
  text,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';
import { lendsKey } from './strangers.ts';

const oneSession = /^GET \/api\/v1\/sessions\/\w+(\?|$)/;
const answering = /^POST .*\/approvals\//;

const nameless = where(
  409,
  member('detail', () => 'Not now.'),
);
const keyless = takes('knows no keys', sent('idempotency-key'));
const silentReplay = gives('does not tell a replay', header('idempotency-replayed'));
const otherShape = gives(
  'answers in another shape',
  to(
    /\/(pause|resume|prompt)$/,
    where(
      202,
      json(() => ({ ok: true })),
    ),
  ),
);

export const steering: Mutants = {
  'a pause is accepted and happens': [
    gives('says 200', to(/\/(pause|resume)$/, where(202, status(200)))),
    otherShape,
    gives(
      'says that it runs',
      to(
        oneSession,
        member('status', () => 'running'),
      ),
    ),
  ],
  'steering names the state it cannot change': [
    gives('does not name the state', nameless),
    gives('takes prompts for what has ended', where(410, status(202))),
    gives('says 409 after the end', where(410, status(409))),
    gives('pauses what has ended', to(/\/pause$/, where(409, status(202)))),
  ],
  'a pause is repeated by its key': [keyless, silentReplay],
  'a prompt is accepted and told once': [
    otherShape,
    keyless,
    silentReplay,
    takes('does not know the older name', from(/\/prompt$/, bodyMember('message'))),
    gives('tells it twice', to(/type=user_input/, member('items', list(doubled)))),
  ],
  'a prompt has at most 16 KiB of bytes': [
    gives('takes any size', where(413, status(202))),
    takes(
      'counts characters',
      from(
        /\/prompt$/,
        bodyMember('prompt', (prompt) => String(prompt).replaceAll('ü', 'u')),
      ),
    ),
    takes(
      'stops a byte early',
      from(
        /\/prompt$/,
        bodyMember('prompt', (prompt) => `${prompt}x`),
      ),
    ),
  ],
  'what steers is read strictly': [
    takes('takes members it does not know', from(/\/prompt$/, bodyMember('author'))),
    takes('takes misspelt members', from(/\/resume$/, bodyMember('promt'))),
    gives(
      'does not say what is wrong',
      where(
        400,
        member('errors', () => ({})),
      ),
    ),
    takes('takes any state', withoutQuery('state')),
  ],
  'a permission request is answered once': [
    gives('says 202', to(answering, where(200, status(202)))),
    gives('lets the last answer count', to(answering, where(409, status(200)))),
    keyless,
    silentReplay,
    gives(
      'forgets what was answered',
      to(
        /\/approvals\?sessionId/,
        member('items', () => []),
      ),
    ),
    gives(
      'lists nothing while it is open',
      to(
        /state=requested/,
        member('items', () => []),
      ),
    ),
  ],
  'steering what there is not is a 404': [
    gives('says 410', where(404, status(410))),
    gives(
      'does not tell a request from a session',
      text((words) => words.replaceAll('approval-not-found', 'session-not-found')),
    ),
    gives('has requests of sessions there are not', to(/^GET .*\/approvals$/, where(404, status(200)))),
  ],
  'a stranger steers nothing': [
    lendsKey('pauses for strangers', /\/pause$/),
    lendsKey('reads the body before it asks', /\/prompt$/),
    lendsKey('lets strangers give leave', answering),
    lendsKey('tells strangers what is asked', /^GET \/api\/v1\/approvals/),
  ],
};
