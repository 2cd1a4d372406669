import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What figures measure on: places, sizes, and what they share. */
export interface Stage {
  /** A new folder of the run, removed at its end. */
  folder(name: string): string;
  /** How long a load of a round lasts, ms. */
  readonly loadMs: number;
  /** Sizes are cut to a tenth, to try a figure out; such a run proves nothing. */
  readonly isQuick: boolean;
  /** `size`, or a tenth of it in a quick run. */
  sized(size: number): number;
  /** Made once in a run, for all who ask for it by this name. */
  once<Made>(name: string, make: () => Promise<Made>): Promise<Made>;
  /** Where to keep the profiles of the server's processor time; undefined for nowhere. */
  readonly profile: string | undefined;
  /** For people, on standard error. */
  note(text: string): void;
  /** Removes every folder. */
  clear(): void;
}

export const createStage = ({
  isQuick,
  note,
  profile,
}: Pick<Stage, 'isQuick' | 'note' | 'profile'>): Stage => {
  const root = mkdtempSync(join(tmpdir(), 'ah-bench-'));
  const made = new Map<string, Promise<unknown>>();
  return {
    isQuick,
    note,
    profile,
    loadMs: isQuick ? 300 : 1_000,
    sized: (size) => (isQuick ? Math.ceil(size / 10) : size),
    folder(name) {
      return mkdtempSync(join(root, `${name}-`));
    },
    once<Made>(name: string, make: () => Promise<Made>) {
      const before = made.get(name);
      // Whoever asks by one name asks for one thing.
      if (before !== undefined) return before as Promise<Made>;
      const promise = make();
      made.set(name, promise);
      return promise;
    },
    clear() {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
