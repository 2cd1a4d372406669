import { digest } from '@agent-harbor/core';
import type { ApiName } from '../exchange/request.ts';
import type { ModelFault } from './fault.ts';

/** A fault that is set, and what came of it. */
export interface SetFault {
  readonly id: string;
  readonly fault: ModelFault;
  /** Requests it was meant for. */
  readonly seen: number;
  /** Requests it struck. */
  readonly struck: number;
}

/** The faults that are set. */
export interface Faults {
  /** All of them, with what came of each. */
  list(): readonly SetFault[];
  /** Sets one more; it holds from the next request on. */
  add(fault: ModelFault): SetFault;
  /** Ends all of them. */
  clear(): void;
  /** The faults that strike this request. */
  strike(api: ApiName, isAside: boolean): readonly ModelFault[];
}

export const createFaults = (seed: string, first: readonly ModelFault[]): Faults => {
  let faults: { id: string; fault: ModelFault; seen: number; struck: number }[] = [];
  let count = 0;
  const add = (fault: ModelFault) => {
    count += 1;
    const set = { id: `fault-${count}`, fault, seen: 0, struck: 0 };
    faults.push(set);
    return { ...set };
  };
  for (const fault of first) add(fault);
  return {
    list: () => faults.map((fault) => ({ ...fault })),
    add,
    clear() {
      faults = [];
    },
    strike(api, isAside) {
      const struck: ModelFault[] = [];
      for (const set of faults) {
        const { fault } = set;
        if (fault.api !== undefined && fault.api !== api) continue;
        if (isAside && fault.asides !== true) continue;
        set.seen += 1;
        if (set.seen <= (fault.skip ?? 0) || set.struck >= (fault.count ?? Number.POSITIVE_INFINITY))
          continue;
        if (fault.probability !== undefined && chance(seed, set.id, set.seen) >= fault.probability) continue;
        set.struck += 1;
        struck.push(fault);
      }
      return struck;
    },
  };
};

const chance = (seed: string, id: string, request: number): number =>
  Number.parseInt(digest(JSON.stringify([seed, id, request])).slice(0, 8), 16) / 2 ** 32;
