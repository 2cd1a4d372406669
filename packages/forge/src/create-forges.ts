import type { Clock, Forges } from '@agent-harbor/core';
import { createCaller } from './caller.ts';
import { gitHubRepository } from './github.ts';
import { gitLabRepository } from './gitlab.ts';
import { placeOf } from './place.ts';

/** Whose interface a forge speaks. */
export type ForgeKind = 'github' | 'gitlab';

/** One forge that may be asked. */
export interface ForgePlace {
  /** The host of its repositories, as it stands in their urls, with the port where there is one. */
  readonly host: string;
  readonly kind: ForgeKind;
  /** Where its REST interface is, without a slash at the end. */
  readonly apiUrl: string;
  /** The token, asked for with every call, so that one that was changed counts at once; undefined when there is none. */
  readonly token: () => Promise<string | undefined>;
  /** Where the token comes from, for whoever has to mend it: `AH_GITHUB_TOKEN`. */
  readonly tokenSource: string;
}

/** The forges, and how they are reached. */
export interface ForgeOptions {
  readonly places: readonly ForgePlace[];
  readonly clock: Clock;
  /** How long one call may take, milliseconds; 30 s when absent. */
  readonly timeoutMs?: number | undefined;
}

const repositories = { github: gitHubRepository, gitlab: gitLabRepository } as const;

/** Finds the forge of a repository by its url. Nothing is asked before a pull request is. */
export const createForges = ({ places, clock, timeoutMs = 30_000 }: ForgeOptions): Forges => ({
  hosts: places.map(({ host }) => host),
  of(url) {
    const named = placeOf(url);
    const place = places.find(({ host }) => host.toLowerCase() === named?.host);
    if (named === undefined || place === undefined) return undefined;
    const name = `${named.path} on ${place.host}`;
    return repositories[place.kind](named.path, name, createCaller({ place, name, clock, timeoutMs }));
  },
});
