import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Clock } from '@agent-harbor/core';
import { eachBlob } from './blob-stream.ts';
import { removeTree } from './remove-tree.ts';
import type { Seen } from './session-trees.ts';
import { isPlain } from './stat-inside.ts';
import type { ListedEntry } from './tree-list.ts';
import { workspacePaths } from './workspace-paths.ts';

/** How long files lie there for the next search, milliseconds. */
const keptMs = 5 * 60_000;

/**
 * The files of dropped workspaces, written out for a program that can only read files. They lie in the session's own
 * folder, for a few minutes after the last use.
 */
export interface KeptFiles {
  /** The directory with the files of a tree; the caller holds the session's lock. */
  make(
    sessionId: string,
    seen: Seen,
    entries: readonly ListedEntry[],
    signal: AbortSignal | undefined,
  ): Promise<string>;
  drop(sessionId: string): Promise<void>;
}

export const createKeptFiles = (stateDir: string, clock: Clock): KeptFiles => {
  const leaving = new Map<string, () => void>();
  const placeOf = (sessionId: string): string =>
    join(dirname(workspacePaths(stateDir, sessionId).tree), 'kept-files');
  const drop = async (sessionId: string): Promise<void> => {
    leaving.get(sessionId)?.();
    leaving.delete(sessionId);
    await removeTree(placeOf(sessionId));
  };

  return {
    async make(sessionId, seen, entries, signal) {
      const place = placeOf(sessionId);
      const isThere = leaving.has(sessionId) && existsSync(place);
      leaving.get(sessionId)?.();
      // What another process left there may be of another state.
      if (!isThere) await writeOut(place, seen, entries, signal);
      leaving.set(
        sessionId,
        clock.schedule(keptMs, () => void drop(sessionId).catch(() => {})),
      );
      return place;
    },
    drop,
  };
};

const writeOut = async (
  place: string,
  { git }: Seen,
  entries: readonly ListedEntry[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const draft = `${place}.draft`;
  await removeTree(draft);
  await removeTree(place);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const files = entries.filter(({ kind, path }) => kind === 'file' && isPlain(path));
  const directories = new Set(files.map(({ path }) => dirname(path)));
  for (const directory of directories) await mkdir(join(draft, directory), { recursive: true, mode: 0o700 });
  let open: ReturnType<typeof createWriteStream> | undefined;
  await eachBlob(
    git,
    files.map(({ id }) => id),
    {
      begin(at) {
        open = createWriteStream(join(draft, files[at]?.path ?? ''), { mode: 0o600 });
      },
      take: (_, piece) =>
        open?.write(piece) === false ? new Promise((resolve) => open?.once('drain', resolve)) : undefined,
      end() {
        open?.end();
        return open === undefined ? undefined : finished(open);
      },
    },
    signal,
  );
  await rename(draft, place);
};
