import { asked, body, bodyMember, from, header, json, list, member, status, to, where } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const byId = (left: unknown, right: unknown): number =>
  String(Object(left).id).localeCompare(String(Object(right).id));

export const drafts: Mutants = {
  'a draft says how its agents are steered': [
    takes('keeps no approvals', bodyMember('approvals')),
    takes('keeps no interactive', bodyMember('interactive')),
    takes('keeps no time', bodyMember('idleTimeoutSeconds')),
    gives('takes any time', where(400, status(200))),
  ],
  'a draft is whole, whatever was sent': [
    gives(
      'leaves out what is empty',
      to(
        /^POST .*drafts/,
        member('labels', () => undefined),
      ),
    ),
    gives(
      'answers only the id',
      to(
        /^POST .*drafts/,
        json((draft) => ({ id: Object(draft).id })),
      ),
    ),
    gives('says nowhere where it is', to(/^POST .*drafts/, header('location', '/api/v1/drafts/draft-x'))),
    gives(
      'reads another than it wrote',
      to(
        /^GET .*drafts\//,
        member('createdAt', () => '2000-01-01T00:00:00.000Z'),
      ),
    ),
  ],
  'an update replaces what it names': [
    takes(
      'replaces everything',
      from(
        /^PUT/,
        body((draft) => ({ prompt: '', labels: {}, ...Object(draft) })),
      ),
    ),
    takes('keeps what it had', from(/^PUT/, bodyMember('prompt'))),
    takes('merges labels', from(/^PUT/, bodyMember('labels'))),
    gives('answers with nothing', to(/^PUT/, status(204))),
  ],
  'instances is another word for count': [
    takes('knows no instances', from(/^POST .*drafts/, bodyMember('agents.*.instances'))),
    gives(
      'leaves count out where nobody said it',
      to(
        /^POST .*drafts/,
        member('agents.2.count', () => undefined),
      ),
    ),
  ],
  'drafts are listed as they changed': [
    gives(
      'lists them by their ids',
      to(
        /^GET .*drafts\?/,
        member(
          'items',
          list((items) => [...items].sort(byId)),
        ),
      ),
    ),
  ],
  'a deleted draft is gone': [
    gives('says 200', to(/^DELETE/, status(200))),
    gives('shows it on', to(/^GET .*drafts\//, where(404, status(200)))),
    takes('keeps it', from(/^DELETE/, asked('HEAD'))),
  ],
};
