import {
  asked,
  body,
  both,
  from,
  header,
  json,
  member,
  set,
  status,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const shown = json(set('secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'));

export const webhooks: Mutants = {
  'a webhook shows its secret once': [
    gives('says nowhere where it is', to(/^POST .*webhooks$/, header('location', '/api/v1/webhooks/wh-x'))),
    gives('shows it whenever it is read', to(/^GET .*webhooks\//, shown)),
    gives('lists it', to(/^GET .*webhooks\?/, shown)),
    gives(
      'tells it never',
      to(
        /^POST .*webhooks$/,
        member('secret', () => undefined),
      ),
    ),
  ],
  'a secret is replaced': [
    takes('keeps it', from(/^POST .*rotate$/, asked('HEAD'))),
    gives(
      'does not tell the new one',
      to(
        /^POST .*rotate$/,
        member('secret', () => undefined),
      ),
    ),
  ],
  'a webhook is changed in part': [
    takes('changes nothing', from(/^PUT .*webhooks\//, asked('GET'))),
    takes(
      'forgets what is not sent',
      from(
        /^PUT .*webhooks\//,
        body((update) => ({ events: ['session.*'], ...Object(update) })),
      ),
    ),
    gives('shows the secret', to(/^PUT .*webhooks\//, shown)),
    takes(
      'takes any state',
      from(
        /^PUT .*webhooks\//,
        body((update) => ({
          ...Object(update),
          ...(Object(update).state === 'gone' ? { state: 'enabled' } : {}),
        })),
      ),
    ),
    gives(
      'tells what was',
      to(
        /^PUT .*webhooks\//,
        member('state', () => 'enabled'),
      ),
    ),
  ],
  'what a webhook sent is listed': [
    gives(
      'tells of a message that was not sent',
      to(
        /^GET .*deliveries/,
        member('total', () => 1),
      ),
    ),
    gives(
      'goes on for ever',
      to(
        /^GET .*deliveries/,
        member('nextCursor', () => 'x'),
      ),
    ),
    takes('knows no state', from(/^GET .*deliveries/, withoutQuery('state'))),
  ],
  'a webhook goes only where it may': [
    takes(
      'goes anywhere',
      from(
        /^POST .*webhooks$/,
        body((webhook) => ({ ...Object(webhook), url: 'https://hooks.agent-harbor.invalid/' })),
      ),
    ),
  ],
  'a test and a replay are answered': [
    gives(
      'tells nothing of a failure',
      to(
        /^POST .*test$/,
        both(
          member('error', () => undefined),
          member('delivered', () => false),
        ),
      ),
    ),
    gives('has replayed already', to(/^POST .*replay$/, status(200))),
    gives(
      'counts wrongly',
      to(
        /^POST .*replay$/,
        member('messages', () => 7),
      ),
    ),
  ],
  'a deleted webhook is gone': [
    gives('says 200', to(/^DELETE/, status(200))),
    gives('shows it on', to(/^GET .*webhooks\//, where(404, status(200)))),
    takes('keeps it', from(/^DELETE/, asked('HEAD'))),
  ],
};
