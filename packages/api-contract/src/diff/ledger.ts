import type { Direction, Finding, FindingClass } from './finding.ts';
import type { Rule } from './rule.ts';

/** Where the comparison stands: changes found here are reported here. */
export interface Scope {
  readonly direction: Direction;
  /** Says in a few words what stood here and what stands here now; null where nothing does. */
  report(rule: Rule, before: string | null, after: string | null): void;
  /** A part of a route: `request body`, `response 200`. */
  part(name: string): Scope;
  /** One step into a schema: `.name`, `[]`. */
  at(step: string): Scope;
  /** The same place, seen by who is at the other end. */
  facing(direction: Direction): Scope;
  /**
   * What several places refer to by one name, so that its changes are told once. The routes of this place reach it from
   * now on.
   */
  component(name: string, direction: Direction): Scope;
  /** Whether these two have not met at this owner before; they have met from now on. */
  isFirst(meeting: string): boolean;
}

/** What was found so far, by who has it: a route or a component. */
export interface Ledger {
  route(label: string): Scope;
  /** What the document says for many routes at once. */
  shared(label: string, routes: readonly string[]): Scope;
  findings(): readonly Finding[];
}

interface Owner {
  readonly label: string;
  readonly isComponent: boolean;
  readonly routes: readonly string[];
  readonly uses: Set<Owner>;
  readonly findings: Map<string, Omit<Finding, 'routes'>>;
  readonly met: Set<string>;
}

export const createLedger = (): Ledger => {
  const owners = new Map<string, Owner>();

  const ownerOf = (key: string, label: string, isComponent: boolean, routes: readonly string[]): Owner => {
    const known = owners.get(key);
    if (known !== undefined) return known;
    const owner = {
      label,
      isComponent,
      routes,
      uses: new Set<Owner>(),
      findings: new Map(),
      met: new Set<string>(),
    };
    owners.set(key, owner);
    return owner;
  };

  const scopeOf = (owner: Owner, direction: Direction, parts: readonly string[], steps: string): Scope => ({
    direction,
    report(rule, before, after) {
      const verdict = rule[direction];
      if (verdict === undefined) throw new Error(`${rule.id} has no verdict for what is in a ${direction}`);
      const place = placeOf(owner, parts, steps);
      const id = `${rule.id}:${direction}:${place}`;
      if (owner.findings.has(id)) return;
      owner.findings.set(id, {
        id,
        rule: rule.id,
        class: verdict.class,
        direction,
        place,
        what: rule.what,
        before,
        after,
        why: verdict.why,
      });
    },
    part: (name) => scopeOf(owner, direction, [...parts, name], steps),
    at: (step) => scopeOf(owner, direction, parts, steps + step),
    facing: (other) => scopeOf(owner, other, parts, steps),
    component(name, facing) {
      const component = ownerOf(`${facing} ${name}`, name, true, []);
      owner.uses.add(component);
      return scopeOf(component, facing, [], '');
    },
    isFirst(meeting) {
      if (owner.met.has(meeting)) return false;
      owner.met.add(meeting);
      return true;
    },
  });

  return {
    route: (label) => scopeOf(ownerOf(`route ${label}`, label, false, [label]), 'request', [], ''),
    shared: (label, routes) => scopeOf(ownerOf(`shared ${label}`, label, false, routes), 'request', [], ''),
    findings: () => {
      const reached = routesReaching([...owners.values()]);
      return [...owners.values()]
        .flatMap((owner) =>
          [...owner.findings.values()].map(({ what, before, after, why, ...head }) => ({
            ...head,
            routes: [...(reached.get(owner) ?? [])],
            what,
            before,
            after,
            why,
          })),
        )
        .sort(byWeight);
    },
  };
};

const placeOf = ({ label, isComponent }: Owner, parts: readonly string[], steps: string): string => {
  const place = [label, ...parts].join(' · ');
  // A variant stands behind what it is a variant of, a member of a part is told apart from it.
  if ((isComponent && parts.length === 0) || steps.startsWith(' ') || steps === '') return place + steps;
  return `${place} · ${steps.replace(/^\./, '')}`;
};

/** The routes of every owner: its own and those of all who use it. */
const routesReaching = (owners: readonly Owner[]): ReadonlyMap<Owner, ReadonlySet<string>> => {
  const reached = new Map<Owner, Set<string>>(owners.map((owner) => [owner, new Set()]));
  for (const start of owners) {
    if (start.routes.length === 0) continue;
    const seen = new Set([start]);
    for (const owner of seen) {
      for (const route of start.routes) reached.get(owner)?.add(route);
      for (const used of owner.uses) seen.add(used);
    }
  }
  return reached;
};

const weight: Readonly<Record<FindingClass, number>> = { breaking: 0, additive: 1, neutral: 2 };

/** The worst first; else by place, so that what belongs together stands together. */
const byWeight = (one: Finding, other: Finding): number =>
  weight[one.class] - weight[other.class] ||
  compareText(one.place, other.place) ||
  compareText(one.id, other.id);

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
