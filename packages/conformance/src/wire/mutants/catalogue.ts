import { member, status, to, where } from './change.ts';
import { gives, type Mutants } from './mutant.ts';

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
};
