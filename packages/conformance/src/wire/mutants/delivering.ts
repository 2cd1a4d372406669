import {
  beheaded,
  bodyMember,
  from,
  header,
  list,
  member,
  reversed,
  sent,
  status,
  to,
  where,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const asking = /^POST .*\/deliver$/;
const told = /^GET .*\/delivery$/;
const session = /^GET \/api\/v1\/sessions\/\w+$/;
const away = () => undefined;

export const delivering: Mutants = {
  'work is delivered again by its route': [
    gives('says 202', to(asking, where(200, status(202)))),
    gives(
      'names another branch',
      to(
        asking,
        member('branch', () => 'other'),
      ),
    ),
    takes('knows no keys', from(asking, sent('idempotency-key'))),
    gives('does not tell a replay', to(asking, header('idempotency-replayed'))),
    gives(
      'forgets the last one',
      to(
        told,
        member('last', () => null),
      ),
    ),
    gives('lists the newest first', to(told, member('deliveries', list(reversed)))),
    gives('forgets one', to(told, member('deliveries', list(beheaded)))),
    gives(
      'shows the session as it was',
      to(
        session,
        member('delivered.branch', () => 'before'),
      ),
    ),
  ],
  'a pull request tells the branch it is for': [
    gives('forgets it in the outcome', to(asking, member('targetBranch', away))),
    gives('forgets it in the last one', to(told, member('last.targetBranch', away))),
    gives('forgets it in those listed', to(told, member('deliveries.*.targetBranch', away))),
    gives('forgets it in the event', to(/^GET .*\/events\?/, member('items.*.targetBranch', away))),
    gives('forgets it in the session', to(session, member('delivered.targetBranch', away))),
    gives('refuses it by no problem', to(asking, where(200, status(400)))),
  ],
  'a target that does not take it is a 409': [
    gives('says that it was done', to(asking, where(409, status(200)))),
    gives(
      'is another conflict',
      to(
        asking,
        member('code', () => 'wrong-state'),
      ),
    ),
    gives(
      'does not name the way out',
      to(
        asking,
        member('detail', () => 'No.'),
      ),
    ),
  ],
  'a delivery is read strictly': [
    takes('takes force', from(asking, bodyMember('force'))),
    takes('takes any branch', from(asking, bodyMember('branch'))),
    takes('takes a title for a branch', from(asking, bodyMember('title'))),
    takes('takes any mode', from(asking, bodyMember('mode'))),
    gives('knows everybody', to(told, where(404, status(200)))),
  ],
};
