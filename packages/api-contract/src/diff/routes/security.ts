import type { Comparison } from '../comparison.ts';
import type { Document } from '../document.ts';
import { asObject, entriesAt, equal, type JsonObject, listAt, namesAt, objectAt, own } from '../json.ts';
import { additive, breaking, neutral, type Rule } from '../rule.ts';
import { operationsOf } from './operations.ts';

export const securityRules = {
  refused: {
    id: 'credential-refused',
    what: 'a credential is no longer enough',
    request: breaking('Who has no other gets 401 or 403 from now on: go on accepting it.'),
  },
  accepted: {
    id: 'credential-accepted',
    what: 'another credential is enough',
    request: additive('Clients go on as before; check that everybody who has this one may do this.'),
  },
  required: {
    id: 'credential-required',
    what: 'a credential is needed where none was',
    request: breaking(
      'Who calls it without one gets 401 from now on: leave it open, or make a route beside it.',
    ),
  },
  dropped: {
    id: 'credential-dropped',
    what: 'no credential is needed any more',
    request: additive('Clients go on as before; check that everybody may do this.'),
  },
  schemeChanged: {
    id: 'security-scheme-changed',
    what: 'a credential is shown another way',
    request: breaking('What clients show is not understood any more: add a scheme beside it.'),
  },
  schemeWords: {
    id: 'security-scheme-words-changed',
    what: 'the words about a credential changed, or it is named and not used',
    request: neutral('Nothing that travels differs.'),
  },
} satisfies Record<string, Rule>;

/** All of these schemes together, each with the scopes it needs. */
type Alternative = ReadonlyMap<string, readonly string[]>;

export const compareSecurity = (comparison: Comparison): void => {
  compareAlternatives(comparison);
  compareSchemes(comparison);
};

const compareAlternatives = ({ before, after, ledger }: Comparison): void => {
  const old = new Map(operationsOf(before.document).map((route) => [route.key, route]));
  const routes = operationsOf(after.document).flatMap((is) => {
    const was = old.get(is.key);
    return was === undefined ? [] : [{ was, is }];
  });
  // What the document says for all its routes is told once.
  const isShared = ({ was, is }: (typeof routes)[number]) =>
    own(was.operation, 'security') === undefined && own(is.operation, 'security') === undefined;
  const shared = routes.filter(isShared).map(({ is }) => is.label);
  const everyone = ledger.shared('security', shared);
  if (shared.length > 0) {
    tell(alternativesOf(before.document.root), alternativesOf(after.document.root), everyone);
  }
  for (const route of routes.filter((candidate) => !isShared(candidate))) {
    const [was, is] = [route.was.operation, route.is.operation];
    const read = (operation: JsonObject, { root }: Document) =>
      alternativesOf(own(operation, 'security') === undefined ? root : operation);
    tell(read(was, before.document), read(is, after.document), ledger.route(route.is.label).part('security'));
  }
};

const alternativesOf = (holder: JsonObject): readonly Alternative[] => {
  const list = listAt(holder, 'security') ?? [];
  const alternatives = list.map((item) => {
    const schemes = asObject(item, 'An entry of "security"');
    return new Map(Object.keys(schemes).map((name) => [name, namesAt(schemes, name)]));
  });
  return alternatives.length === 0 ? [new Map()] : alternatives;
};

type Scope = ReturnType<Comparison['ledger']['route']>;

const tell = (before: readonly Alternative[], after: readonly Alternative[], scope: Scope): void => {
  const gone = before.filter((one) => !after.some((other) => isEnough(one, other)));
  const fresh = after.filter((one) => !before.some((other) => isEnough(one, other)));
  for (const one of gone) {
    scope
      .part(show(one))
      .report(one.size === 0 ? securityRules.required : securityRules.refused, show(one), null);
  }
  for (const one of fresh) {
    scope
      .part(show(one))
      .report(one.size === 0 ? securityRules.dropped : securityRules.accepted, null, show(one));
  }
};

/** Whether who has the one has all that the other asks for. */
const isEnough = (has: Alternative, asked: Alternative): boolean =>
  [...asked].every(([name, scopes]) => {
    const held = has.get(name);
    return held !== undefined && scopes.every((scope) => held.includes(scope));
  });

const show = (alternative: Alternative): string => {
  const schemes = [...alternative].map(([name, scopes]) =>
    scopes.length === 0 ? name : `${name} (${scopes.join(', ')})`,
  );
  return schemes.length === 0 ? 'no credential' : schemes.join(' and ');
};

const compareSchemes = ({ before, after, ledger }: Comparison): void => {
  const was = schemesOf(before.document);
  const is = schemesOf(after.document);
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, fresh] = [was.get(name), is.get(name)];
    if (equal(old, fresh)) continue;
    const scope = ledger.shared(`securitySchemes/${name}`, routesWith(name, after.document));
    // A scheme that comes or goes matters where a route asks for it, and is told there.
    if (old === undefined || fresh === undefined) {
      scope.report(
        securityRules.schemeWords,
        old === undefined ? null : name,
        fresh === undefined ? null : name,
      );
    } else if (equal(wire(old), wire(fresh))) {
      scope.report(securityRules.schemeWords, name, name);
    } else scope.report(securityRules.schemeChanged, JSON.stringify(wire(old)), JSON.stringify(wire(fresh)));
  }
};

const schemesOf = ({ root }: Document): ReadonlyMap<string, JsonObject> =>
  new Map(
    entriesAt(objectAt(root, 'components') ?? {}, 'securitySchemes').map(([name, scheme]) => [
      name,
      asObject(scheme, `The security scheme ${name}`),
    ]),
  );

const wire = ({ description: _description, ...scheme }: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(scheme).filter(([name]) => !name.startsWith('x-')));

const routesWith = (name: string, document: Document): readonly string[] =>
  operationsOf(document)
    .filter(({ operation }) =>
      alternativesOf(own(operation, 'security') === undefined ? document.root : operation).some(
        (alternative) => alternative.has(name),
      ),
    )
    .map(({ label }) => label);
