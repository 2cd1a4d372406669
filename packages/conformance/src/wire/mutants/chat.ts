import {
  asked,
  beheaded,
  bodyMember,
  doubled,
  frames,
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

const attaching = /^POST .*\/attachments$/;
const replying = /^POST .*\/chat\/stream$/;
const threads = /\/chat\/threads$/;

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
  'a message is edited, said again and deleted': [
    gives(
      'says that the agent forgot',
      member('agent_memory', () => undefined),
    ),
    takes('keeps what it is told to change', from(/^PUT /, asked('GET'))),
    keyless,
    gives(
      'does not tell what it repeats',
      member('retry_of', () => undefined),
    ),
    gives('says 200', to(/^DELETE .*\/chat\//, where(204, status(200)))),
    takes('deletes nothing', from(/^DELETE .*\/chat\//, asked('GET'))),
    gives('keeps what was attached', to(/\/attachments\//, where(404, status(200)))),
    gives('edits what was deleted', to(/^PUT /, where(404, status(200)))),
    gives(
      'does not say what is wrong',
      where(
        400,
        member('errors', () => ({})),
      ),
    ),
  ],
  'the reply to a message is a stream of its own': [
    gives(
      'names no frames',
      frames((all) => all.map((frame) => frame.replace(/^event: .*\n/, ''))),
    ),
    gives(
      'loses a frame',
      to(
        replying,
        frames((all) => all.filter((_, index) => index !== all.length - 2)),
      ),
    ),
    gives(
      'gives one id to all',
      to(
        replying,
        frames((all) => all.map((frame) => frame.replace(/^id: .*$/m, 'id: e-1'))),
      ),
    ),
    takes('knows no keys', from(replying, sent('idempotency-key'))),
    silentReplay,
    takes('begins anew', from(replying, sent('last-event-id'))),
    gives('does not end', to(replying, where(204, status(200)))),
    gives(
      'is never complete',
      to(
        replying,
        member('complete', () => false),
      ),
    ),
    gives('goes on in anything', to(replying, where(400, status(200)))),
    gives('takes other words', to(replying, where(422, status(200)))),
    lendsKey('streams for strangers', replying),
  ],
  'attachments come and go after their message': [
    gives('says 200', to(attaching, where(201, status(200)))),
    keyless,
    silentReplay,
    gives(
      'forgets what it attached',
      to(
        attaching,
        member('attachments', () => []),
      ),
    ),
    gives(
      'changes what was attached',
      to(
        /\/attachments\/[^/]+$/,
        member('content', () => ''),
      ),
    ),
    gives(
      'says that the agent knows it',
      member('agent_memory', () => undefined),
    ),
    takes('removes nothing', from(/^DELETE .*\/attachments\//, asked('GET'))),
    gives('takes any path', to(attaching, where(400, status(201)))),
    gives('takes any size', to(attaching, where(413, status(201)))),
    lendsKey('attaches for strangers', attaching),
  ],
  'messages are put in threads': [
    gives('says 200', to(threads, where(201, status(200)))),
    keyless,
    silentReplay,
    takes('puts messages in none', from(sending, bodyMember('thread_id'))),
    takes('says nothing in a new one', from(threads, bodyMember('initial_message'))),
    takes('knows no threads', from(history, withoutQuery('thread_id'))),
    takes('takes members it does not know', from(threads, bodyMember('titel'))),
    takes('takes a thread in a thread', from(threads, bodyMember('initial_message.thread_id'))),
    gives(
      'forgets its threads',
      to(
        threads,
        member('threads', () => []),
      ),
    ),
    gives(
      'does not say that the agent hears all',
      member('threads.0.agent_memory', () => 'apart'),
    ),
    gives(
      'does not say what is wrong',
      where(
        400,
        member('errors', () => ({})),
      ),
    ),
    lendsKey('tells strangers of them', threads),
  ],
  'the context is read and changed': [
    gives(
      'does not add up',
      member('context_window.used_tokens', () => 0),
    ),
    gives(
      'knows no files',
      member('context_files', () => []),
    ),
    gives('has no ETag', to(/\/context$/, header('etag'))),
    takes('minds no If-None-Match', sent('if-none-match')),
    takes('minds no If-Match', sent('if-match')),
    takes('changes nothing', from(/^PUT /, bodyMember('disable_tools'))),
    takes('takes members it does not know', from(/^PUT /, bodyMember('tools'))),
    takes(
      'takes any file',
      from(
        /^PUT /,
        bodyMember('add_files', () => []),
      ),
    ),
    takes('takes any model', from(/^PUT /, bodyMember('model_override'))),
  ],
  'what a session did is told by rules': [
    gives(
      'says that a model said it',
      member('source', () => 'model'),
    ),
    gives(
      'counts nothing',
      member('files', () => []),
    ),
    gives(
      'says nothing',
      member('summary', () => ''),
    ),
    gives('has a story of sessions there are not', where(404, status(200))),
    lendsKey('tells strangers what was done', /\/summarize$/),
    lendsKey('tells strangers which models there are', /\/models$/),
  ],
  'the model a task asks for is the one in use': [
    gives(
      'names no model of the agent',
      to(
        /^GET .*\/sessions\/[^/]+$/,
        member('agent.model', () => undefined),
      ),
    ),
    gives('tells the models in any order', to(/\/models$/, member('models', list(reversed)))),
    gives(
      'uses another',
      to(
        /\/context$/,
        member('active_model.type', () => 'small'),
      ),
    ),
  ],
};
