import {
  beheaded,
  bodyMember,
  doubled,
  from,
  header,
  list,
  member,
  reversed,
  sent,
  status,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';
import { lendsKey } from './strangers.ts';

const history = /^GET .*\/chat(\?|$)/;
const sending = /^POST .*\/chat\/messages$/;

const keyless = takes('knows no keys', sent('idempotency-key'));
const silentReplay = gives('does not tell a replay', header('idempotency-replayed'));

export const chat: Mutants = {
  'what was said is walked in stretches': [
    takes('knows no limit', withoutQuery('limit')),
    takes('knows no before', withoutQuery('before')),
    takes('knows no after', withoutQuery('after')),
    takes('knows no thoughts', withoutQuery('thoughts')),
    gives('turns it around', to(history, member('messages', list(reversed)))),
    gives('forgets the prompt', to(history, member('messages', list(beheaded)))),
    gives(
      'always says that there is more',
      to(
        history,
        member('before', () => 'msg-1'),
      ),
    ),
    gives(
      'does not count',
      to(
        history,
        member('total', () => 0),
      ),
    ),
  ],
  'a message is sent once, with what is attached': [
    gives('says 200', to(sending, where(201, status(200)))),
    keyless,
    silentReplay,
    gives(
      'tells it twice',
      to(
        history,
        member(
          'messages',
          list((items) => doubled(items.toReversed())),
        ),
      ),
    ),
    takes('drops what is attached', from(sending, bodyMember('attachments'))),
    gives(
      'changes what was attached',
      to(
        /\/attachments\//,
        member('content', () => ''),
      ),
    ),
  ],
  'a message is read strictly': [
    takes('takes members it does not know', from(sending, bodyMember('atachments'))),
    takes(
      'cleans paths',
      from(
        sending,
        bodyMember('context_files', () => ['passwd']),
      ),
    ),
    takes(
      'takes any path',
      from(
        sending,
        bodyMember('attachments.0.file_path', () => 'passwd'),
      ),
    ),
    takes(
      'takes any image',
      from(
        sending,
        bodyMember('attachments.0.data_url', () => 'data:image/png;base64,iVBORw0KGgo='),
      ),
    ),
    gives('takes any size', where(413, status(201))),
    takes('takes any limit', from(history, withoutQuery('limit'))),
    gives(
      'does not say what is wrong',
      where(
        400,
        member('errors', () => ({})),
      ),
    ),
  ],
  'talking to what is not there is a problem': [
    gives('says 410', where(404, status(410))),
    gives('talks to what has ended', where(410, status(201))),
    gives('has chats of sessions there are not', to(history, where(404, status(200)))),
  ],
  'a stranger talks to nobody': [
    lendsKey('tells strangers what was said', history),
    lendsKey('reads the body before it asks', sending),
  ],
};
