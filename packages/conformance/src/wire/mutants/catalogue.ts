import { asked, bodyMember, from, header, member, sent, status, to, where, withoutQuery } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

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
  'a repository is imported and forgotten': [
    gives('says 200', to(/^POST .*repositories/, status(200))),
    gives(
      'says nowhere where it is',
      to(/^POST .*repositories/, header('location', '/api/v1/repositories/x')),
    ),
    takes('hears no name', from(/^POST .*repositories/, bodyMember('displayName'))),
    takes('keeps it', from(/^DELETE .*repositories/, asked('HEAD'))),
    gives('shows it on', to(/^GET .*repositories\//, where(404, status(200)))),
  ],
  'an import tells no password': [
    takes(
      'takes it',
      from(
        /^POST .*repositories/,
        bodyMember('url', () => '/'),
      ),
    ),
    gives(
      'repeats it',
      to(
        /^POST .*repositories/,
        member('detail', (detail) => `${detail} https://me:s3cr3t-w0rd@host.example/a.git`),
      ),
    ),
  ],
  'branches are found by what is typed': [
    takes('does not look for it', from(/branches\?/, withoutQuery('query'))),
    gives(
      'has no default',
      to(
        /branches/,
        member('items.*.isDefault', () => false),
      ),
    ),
  ],
  'tracked files are walked': [
    takes('always begins anew', from(/files\?/, withoutQuery('cursor'))),
    takes('gives as many as it likes', from(/files\?/, withoutQuery('perPage'))),
    gives(
      'goes on in another commit',
      to(
        /files\?/,
        member('commit', () => '0'.repeat(40)),
      ),
    ),
    takes('takes any ref', from(/files\?/, withoutQuery('ref'))),
  ],
  'refs are told of a url': [
    takes('forgets what was known', from(/git\/refs/, sent('if-none-match'))),
    gives(
      'begins with another',
      to(
        /git\/refs/,
        member('defaultBranch', () => 'other'),
      ),
    ),
    gives('takes any url', to(/ext/, status(200))),
  ],
  'a project is known from its tasks': [
    takes('hears of none', from(/^POST .*tasks/, bodyMember('projectId'))),
    takes('does not narrow', from(/repos\?/, withoutQuery('projectId'))),
  ],
  'a workspace is told with what was done in it': [
    gives(
      'has forgotten it',
      to(
        /workspaces\/[^/]*$/,
        member('taskHistory', () => []),
      ),
    ),
    gives(
      'links nowhere',
      to(
        /workspaces\/[^/]*$/,
        member('links.usage', () => '/api/v1/nothing'),
      ),
    ),
    gives(
      'does not remember the measure',
      to(
        /workspaces\/[^/]*$/,
        member('storageUsed', () => null),
      ),
    ),
    takes('lists all', from(/workspaces\?/, withoutQuery('status'))),
    gives('finds any', to(/workspaces\//, where(404, status(200)))),
  ],
};
