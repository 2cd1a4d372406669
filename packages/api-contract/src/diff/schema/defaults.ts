import { equal, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, neutral, type Rule, received } from '../rule.ts';
import { showValue } from './describe.ts';
import type { Shape } from './shape.ts';

const spoken = received(neutral('What is sent is sent in full; the default only speaks to readers.'));

export const defaultRules = {
  changed: {
    id: 'default-changed',
    what: 'the default became another one',
    request: breaking('Who leaves it out gets something else from now on: keep the default.'),
    ...spoken,
  },
  added: {
    id: 'default-added',
    what: 'a default was set',
    request: additive('It is now known what leaving it out means; check that it meant this before.'),
    ...spoken,
  },
  removed: {
    id: 'default-removed',
    what: 'the default was taken away',
    request: breaking('Who leaves it out was promised a value and is not any more: keep the default.'),
    ...spoken,
  },
} satisfies Record<string, Rule>;

export const compareDefaults = (before: Shape, after: Shape, scope: Scope): void => {
  const was = own(before.keywords, 'default');
  const is = own(after.keywords, 'default');
  if (equal(was, is)) return;
  if (was === undefined) scope.report(defaultRules.added, null, showValue(is));
  else if (is === undefined) scope.report(defaultRules.removed, showValue(was), null);
  else scope.report(defaultRules.changed, showValue(was), showValue(is));
};
