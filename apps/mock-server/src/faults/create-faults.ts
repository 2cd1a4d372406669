import { type Clock, fieldProblem, type Ids, parse } from '@agent-harbor/core';
import type { Around, Route, Visit } from '@agent-harbor/rest-api';
import { type Fault, FaultInput, frameKinds } from './fault.ts';
import { play } from './play.ts';

/** What goes wrong, until it is taken back. */
export interface Faults {
  /** All that are set, in the order they came. */
  list(): readonly Fault[];
  /** Rejects what no request could meet with `invalid-request`, naming the field. */
  add(fault: FaultInput): Fault;
  /** False when there is none with this id. */
  remove(id: string): boolean;
  clear(): void;
  /** Lets go of the requests that still wait. */
  close(): void;
  /** What to play around the answer to a request; undefined for most. */
  around(visit: Visit): Around | undefined;
}

export interface FaultsOptions {
  /** What latency and slowness are measured with. */
  readonly clock: Clock;
  readonly ids: Ids;
  /** The routes that can be struck. */
  readonly routes: () => readonly Route[];
}

interface Setting {
  readonly id: string;
  readonly fault: FaultInput;
  seen: number;
  struck: number;
}

export const createFaults = ({ clock, ids, routes }: FaultsOptions): Faults => {
  const all = new Map<string, Setting>();
  const closing = new AbortController();
  let count = 0;

  /** Counts the request, and decides by skip, count and probability. */
  const strikes = (set: Setting): boolean => {
    const { skip = 0, count = Number.POSITIVE_INFINITY, probability = 1 } = set.fault;
    set.seen += 1;
    if (set.seen <= skip || set.struck >= count) return false;
    if (probability < 1 && ids.random(`fault ${set.id}`) >= probability) return false;
    set.struck += 1;
    return true;
  };

  return {
    list: () => [...all.values()].map((set) => ({ ...set })),
    add(wish) {
      const fault = parse(FaultInput, wish);
      checkRoute(fault, routes());
      count += 1;
      const set = { id: `fault-${count}`, fault, seen: 0, struck: 0 };
      all.set(set.id, set);
      return { ...set };
    },
    remove: (id) => all.delete(id),
    clear: () => all.clear(),
    close: () => closing.abort(),
    around(visit) {
      const due = [...all.values()].filter((set) => isMeant(set.fault, visit)).filter(strikes);
      if (due.length === 0) return undefined;
      return (proceed) =>
        // The first one that was set stands outermost.
        due.reduceRight<typeof proceed>(
          (inner, { fault }) =>
            () =>
              play(fault, inner, {
                clock,
                signal: AbortSignal.any([visit.signal, closing.signal]),
                closing: closing.signal,
              }),
          proceed,
        )();
    },
  };
};

const isMeant = ({ route, params = {} }: FaultInput, visit: Visit): boolean =>
  (route === '*' || route === visit.route) &&
  Object.entries(params).every(([name, value]) => visit.params[name] === value);

const checkRoute = (fault: FaultInput, routes: readonly Route[]): void => {
  const { route: name, kind, params = {} } = fault;
  const needsStream = frameKinds.some((each) => each === kind);
  const meant = routes.filter((route) => name === '*' || route.name === name);
  if (meant.length === 0) {
    throw fieldProblem(
      'route',
      `is no route; there are * and ${routes.map((route) => route.name).join(', ')}`,
    );
  }
  if (needsStream && !meant.some(isStream)) {
    const streams = routes.filter(isStream).map((route) => route.name);
    throw fieldProblem('kind', `needs a route with an event stream: ${streams.join(', ')}`);
  }
  for (const param of Object.keys(params)) {
    if (meant.some(({ schema }) => schema.path.split('/').includes(`:${param}`))) continue;
    throw fieldProblem(`params.${param}`, `is no parameter of ${name}`);
  }
};

const isStream = ({ policy }: Route): boolean => policy.media[200]?.includes('text/event-stream') === true;
