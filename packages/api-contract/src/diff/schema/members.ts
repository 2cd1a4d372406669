import type { Direction } from '../finding.ts';
import { entriesAt, isObject, type JsonObject, namesAt, own } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule, received } from '../rule.ts';
import { describe } from './describe.ts';
import type { Shape } from './shape.ts';

export const memberRules = {
  removed: {
    id: 'member-removed',
    what: 'a member was removed',
    request: breaking(
      'Who still sends it is refused by a strict server and unheard by a lax one: go on accepting it, and deprecate it first.',
    ),
    ...received(breaking('Readers that use it find nothing: go on sending it, and deprecate it first.')),
  },
  added: {
    id: 'member-added',
    what: 'a member was added',
    request: additive('Clients may send it; none has to.'),
    ...received(additive('Readers ignore members they do not know.')),
  },
  addedRequired: {
    id: 'member-added-required',
    what: 'a member was added that must be sent',
    request: breaking(
      'Every client of today leaves it out and is refused: make it optional, with a default.',
    ),
  },
  required: {
    id: 'member-required',
    what: 'a member must be there from now on',
    request: breaking('Who leaves it out is refused from now on: keep it optional, with a default.'),
    ...received(additive('Readers that were ready to miss it always find it.')),
  },
  optional: {
    id: 'member-optional',
    what: 'a member may be missing from now on',
    request: additive('Clients may leave it out; none has to.'),
    ...received(breaking('Readers that count on it find nothing: go on sending it.')),
  },
  othersRefused: {
    id: 'unknown-members-refused',
    what: 'members that are not described are no longer allowed',
    request: breaking('Who sends one more member is refused from now on: go on ignoring it.'),
    ...received(additive('What readers meet is now known in full.')),
  },
  othersAllowed: {
    id: 'unknown-members-allowed',
    what: 'members that are not described are allowed',
    request: additive('Clients may send more than before; none has to.'),
    ...received(additive('Readers ignore members they do not know.')),
  },
} satisfies Record<string, Rule>;

/** Goes on into a part of two schemas. */
export type Descend = (before: unknown, after: unknown, scope: Scope, isTag?: boolean) => void;

export const memberKeywords: readonly string[] = [
  'properties',
  'required',
  'additionalProperties',
  'unevaluatedProperties',
];

interface Member {
  /** Undefined for one that is required and not described. */
  readonly schema: unknown;
  readonly isRequired: boolean;
  readonly home: string | undefined;
}

/** `tag` is the member by which variants are told apart; its values are compared with them. */
export const compareMembers = (
  before: Shape,
  after: Shape,
  scope: Scope,
  descend: Descend,
  tag: string | undefined,
): void => {
  const was = membersOf(before, scope.direction);
  const is = membersOf(after, scope.direction);
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, fresh] = [was.get(name), is.get(name)];
    const place = homeOf(old, fresh, scope).at(step(name));
    compareMember(old, fresh, place, (one, other, at) => descend(one, other, at, name === tag));
    // What a map could hold under that name is now held to more.
    const others = othersOf(before.keywords);
    if (old === undefined && isObject(others)) descend(others, fresh?.schema ?? true, place);
  }
  compareOthers(before, after, scope, descend);
};

const compareMember = (
  was: Member | undefined,
  is: Member | undefined,
  scope: Scope,
  descend: Descend,
): void => {
  if (was === undefined) {
    const isDemanded = is?.isRequired === true && scope.direction === 'request';
    scope.report(isDemanded ? memberRules.addedRequired : memberRules.added, null, show(is));
    return;
  }
  // What is not described any more is gone, even where it was left in the list of required ones.
  if (is === undefined || (was.schema !== undefined && is.schema === undefined)) {
    scope.report(memberRules.removed, show(was), null);
    return;
  }
  if (!was.isRequired && is.isRequired) scope.report(memberRules.required, 'optional', 'required');
  if (was.isRequired && !is.isRequired) scope.report(memberRules.optional, 'required', 'optional');
  descend(was.schema ?? true, is.schema ?? true, scope);
};

/** Those a client may send, or may receive: a member that is read only is no part of a request. */
const membersOf = ({ keywords, homes }: Shape, direction: Direction): ReadonlyMap<string, Member> => {
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
  const schemas = new Map(entriesAt(keywords, 'properties'));
  const required = new Set(namesAt(keywords, 'required'));
  const members = new Map<string, Member>();
  for (const name of [...schemas.keys(), ...required]) {
    const schema = schemas.get(name);
    if (isObject(schema) && own(schema, hidden) === true) continue;
    members.set(name, { schema, isRequired: required.has(name), home: homes.get(name) });
  }
  return members;
};

/** A member that both sides inherit from one component is told where it is declared. */
const homeOf = (was: Member | undefined, is: Member | undefined, scope: Scope): Scope => {
  const homes = new Set([was, is].flatMap((member) => (member === undefined ? [] : [member.home])));
  const [home, ...others] = homes;
  return home === undefined || others.length > 0 ? scope : scope.component(home, scope.direction);
};

const compareOthers = (before: Shape, after: Shape, scope: Scope, descend: Descend): void => {
  const was = othersOf(before.keywords);
  const is = othersOf(after.keywords);
  if (was === is) return;
  if (was !== false && is === false) scope.report(memberRules.othersRefused, describe(was), 'none');
  else if (was === false && is !== false) scope.report(memberRules.othersAllowed, 'none', describe(is));
  else descend(was, is, scope.at('.*'));
};

const othersOf = (keywords: JsonObject): unknown =>
  own(keywords, 'additionalProperties') ?? own(keywords, 'unevaluatedProperties') ?? true;

const step = (name: string): string => (/^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);

const show = (member: Member | undefined): string | null => {
  if (member === undefined) return null;
  return `${describe(member.schema)}${member.isRequired ? ', required' : ''}`;
};
