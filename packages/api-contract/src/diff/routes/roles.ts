import { type JsonObject, textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';

export const roleRules = {
  raised: {
    id: 'role-raised',
    what: 'another role is needed (`x-role`)',
    request: breaking(
      'Credentials that were enough are refused with 403: keep the role, or make a route beside it.',
    ),
  },
  lowered: {
    id: 'role-lowered',
    what: 'a lower role is enough (`x-role`)',
    request: additive('Clients go on as before; check that everybody with that role may do this.'),
  },
} satisfies Record<string, Rule>;

/** Each may do what those before it may. */
const ladder = ['public', 'viewer', 'operator', 'admin'];

export const compareRoles = (before: JsonObject, after: JsonObject, scope: Scope): void => {
  const was = textAt(before, 'x-role');
  const is = textAt(after, 'x-role');
  if (was === is) return;
  const [from, to] = [was, is].map((role) => (role === undefined ? -1 : ladder.indexOf(role)));
  const isLowered = is !== undefined && from !== undefined && to !== undefined && to !== -1 && to < from;
  scope.report(isLowered ? roleRules.lowered : roleRules.raised, was ?? null, is ?? null);
};
