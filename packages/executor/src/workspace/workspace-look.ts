import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import {
  type Clock,
  type EntryFacts,
  type FileHead,
  Problem,
  throwIfAborted,
  type WorkspaceLook,
  type WorkspaceTree,
} from '@agent-harbor/core';
import type { StartProgram } from '../process/start-program.ts';
import { archiveOf } from './archive.ts';
import { eachBlob } from './blob-stream.ts';
import { readBlobs, sizesOf } from './blobs.ts';
import { largeBytes, searchFiles } from './content-search.ts';
import type { Git } from './git.ts';
import { createKeptFiles } from './kept-files.ts';
import { createMutex, type Mutex } from './mutex.ts';
import { asProblem } from './problems.ts';
import { isLossy, openInside } from './resolve-inside.ts';
import type { FindRipgrep } from './ripgrep.ts';
import type { Seen, SessionTrees } from './session-trees.ts';
import { isPlain, statInside } from './stat-inside.ts';
import {
  type BaseList,
  baseSizes,
  type ListedEntry,
  listBase,
  listTree,
  type TreeSizes,
  treeSizes,
} from './tree-list.ts';
import { workspacePaths } from './workspace-paths.ts';

/** Files up to this size have their lines counted. */
const countedBytes = 32 * 1024 * 1024;
const pieceBytes = 256 * 1024;
/** How many files are open at once for one answer. */
const openAtOnce = 16;
/** Each keeps two cores busy. */
const searchesAtOnce = 2;
/** How many paths of workspaces are kept between looks, together. */
const keptEntries = 500_000;

/** A tree as it was listed, with what its files are read by. */
interface ListedTree extends WorkspaceTree {
  readonly entries: readonly ListedEntry[];
  readonly seen: Seen;
  readonly base: Base;
  readonly sizes: SizesAsked;
}

type SizesAsked = (signal: AbortSignal | undefined) => Promise<TreeSizes>;

/** What a session started from: kept from look to look. */
interface Base {
  readonly list: BaseList;
  readonly sizes: SizesAsked;
}

interface WorkspaceLookParts {
  readonly trees: SessionTrees;
  /** One look at a session at a time. */
  readonly mutex: Mutex;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly findRipgrep: FindRipgrep;
  readonly start: StartProgram;
}

/** A look around, and what it keeps. */
interface WorkspaceLooks extends WorkspaceLook {
  /** Forgets what was kept of a session. */
  drop(sessionId: string): Promise<void>;
}

export const createWorkspaceLook = ({
  trees,
  mutex,
  stateDir,
  clock,
  findRipgrep,
  start,
}: WorkspaceLookParts): WorkspaceLooks => {
  const listed = new Map<string, ListedTree>();
  const keptFiles = createKeptFiles(stateDir, clock);
  const searching = createMutex();
  let searches = 0;

  /** The listing that was made of the same tree, or a new one; those used longest ago make room. */
  const treeOf = async (sessionId: string, seen: Seen, signal?: AbortSignal): Promise<ListedTree> => {
    const known = listed.get(sessionId);
    listed.delete(sessionId);
    const isSame = known?.seen.tree === seen.tree && known.seen.directory === seen.directory;
    const tree = isSame ? known : await makeTree(seen, known?.base, signal);
    listed.set(sessionId, tree);
    let sum = 0;
    for (const { entries } of listed.values()) sum += entries.length;
    for (const [name, { entries }] of listed) {
      if (sum <= keptEntries || name === sessionId) break;
      listed.delete(name);
      sum -= entries.length;
    }
    return tree;
  };

  const attempt = <Result>(work: () => Promise<Result>): Promise<Result> =>
    work().catch((error: unknown) => {
      throw asProblem(error, 'The files of the session cannot be read');
    });
  const look = <Result>(
    sessionId: string,
    signal: AbortSignal | undefined,
    work: (seen: Seen) => Promise<Result>,
  ): Promise<Result> =>
    attempt(() => mutex.hold(sessionId, signal, async () => work(await trees.look(sessionId, signal))));

  return {
    tree: (sessionId, signal) => look(sessionId, signal, (seen) => treeOf(sessionId, seen, signal)),

    heads: (sessionId, paths, { maxBytes, countsLines = false, signal }) =>
      attempt(async () => {
        const { tree } = workspacePaths(stateDir, sessionId);
        const options = { maxBytes, countsLines, signal };
        const kept = (wanted: readonly string[]) =>
          look(sessionId, signal, async (seen) => {
            const { entries } = await treeOf(sessionId, seen, signal);
            return keptHeads(seen.git, entries, wanted, options);
          });
        if (!existsSync(tree)) return kept(paths);
        // A file is read as it is now: that needs no look at all the others, unless its name cannot be said.
        const current = await currentHeads(tree, paths, options);
        const unsaid = paths.filter((path) => isLossy(path) && !current.has(path));
        return unsaid.length === 0 ? current : new Map([...current, ...(await kept(unsaid))]);
      }),

    search: (sessionId, wish) =>
      attempt(async () => {
        const ripgrep = await findRipgrep();
        const { signal } = wish;
        const { entries, large, directory } = await look(sessionId, signal, async (seen) => {
          const tree = await treeOf(sessionId, seen, signal);
          const place = seen.directory ?? (await keptFiles.make(sessionId, seen, tree.entries, signal));
          return { entries: tree.entries, large: (await tree.sizes(signal)).large, directory: place };
        });
        searches += 1;
        return searching.hold(`place ${searches % searchesAtOnce}`, signal, () =>
          searchFiles({ ripgrep, start, clock, directory, entries, large, wish }),
        );
      }),

    archive: (sessionId, wish) =>
      look(sessionId, wish.signal, async (seen) =>
        archiveOf(seen, (await treeOf(sessionId, seen, wish.signal)).entries, wish),
      ),

    async place(sessionId) {
      const { tree, facts } = workspacePaths(stateDir, sessionId);
      if (!existsSync(facts)) throw new Problem('workspace-gone');
      return existsSync(tree) ? tree : null;
    },

    async drop(sessionId) {
      listed.delete(sessionId);
      await keptFiles.drop(sessionId);
    },
  };
};

/** Asks once; what failed is asked again. */
const askedOnce = (ask: SizesAsked): SizesAsked => {
  let known: Promise<TreeSizes> | undefined;
  return (signal) => {
    const asked = known ?? ask(signal);
    known = asked;
    asked.catch(() => {
      known = undefined;
    });
    return asked;
  };
};

const makeBase = async ({ git, base }: Seen, signal: AbortSignal | undefined): Promise<Base> => {
  const list = await listBase(git, base, signal);
  return { list, sizes: askedOnce((until) => baseSizes(git, list, largeBytes, until)) };
};

const makeTree = async (
  seen: Seen,
  before: Base | undefined,
  signal: AbortSignal | undefined,
): Promise<ListedTree> => {
  const { git, tree, directory } = seen;
  const base = before?.list.tree === seen.base ? before : await makeBase(seen, signal);
  const { entries, gone, come } = await listTree(git, base.list, tree, signal);
  const sizes = askedOnce(async (until) =>
    treeSizes(git, await base.sizes(until), { gone, come }, largeBytes, until),
  );
  let ids: ReadonlyMap<string, string> | undefined;
  const keptFacts = async (paths: readonly string[], until?: AbortSignal) => {
    ids ??= new Map(entries.map(({ path, id }) => [path, id]));
    const idOf = ids;
    const found = await sizesOf(
      git,
      paths.flatMap((path) => idOf.get(path) ?? []),
      until,
    );
    return new Map(
      paths.flatMap((path): [string, EntryFacts][] => {
        const bytes = found.get(idOf.get(path) ?? '');
        return bytes === undefined ? [] : [[path, { bytes, modifiedAt: null }]];
      }),
    );
  };
  return {
    entries,
    seen,
    base,
    async facts(paths, until) {
      if (directory === undefined) return keptFacts(paths, until);
      const found = await statInside(directory, paths);
      return new Map(
        [...found].map(([path, { size, mtimeMs }]) => [path, { bytes: size, modifiedAt: mtimeMs }]),
      );
    },
    sizes,
    totalBytes: async (until) => (await sizes(until)).total,
    breathe: () => setImmediate(),
  };
};

interface HeadOptions {
  readonly maxBytes: number;
  readonly countsLines: boolean;
  readonly signal: AbortSignal | undefined;
}

const currentHeads = async (
  directory: string,
  paths: readonly string[],
  options: HeadOptions,
): Promise<ReadonlyMap<string, FileHead>> => {
  const heads = new Map<string, FileHead>();
  for (let at = 0; at < paths.length; at += openAtOnce) {
    throwIfAborted(options.signal);
    await Promise.all(
      paths.slice(at, at + openAtOnce).map(async (path) => {
        const opened = await openInside(directory, path).catch((error: unknown) => {
          if (error instanceof Problem && error.code === 'file-not-found') return undefined;
          throw error;
        });
        if (opened === undefined) return;
        const { handle, stats } = opened;
        try {
          const head = await readFrom(handle, 0, Math.min(options.maxBytes, stats.size));
          const lines =
            options.countsLines && stats.size <= countedBytes
              ? await linesOf(handle, stats.size, options.signal)
              : null;
          heads.set(path, { head, bytes: stats.size, modifiedAt: stats.mtimeMs, lines });
        } finally {
          await handle.close();
        }
      }),
    );
  }
  return heads;
};

/** What a file has from there on, as far as it goes. */
const readFrom = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};

const linesOf = async (
  handle: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<number> => {
  const counter = createLineCounter();
  for (let at = 0; at < size; ) {
    throwIfAborted(signal);
    const piece = await readFrom(handle, at, Math.min(pieceBytes, size - at));
    if (piece.length === 0) break;
    counter.take(piece);
    at += piece.length;
  }
  return counter.lines();
};

const createLineCounter = () => {
  let ends = 0;
  let isOpen = false;
  return {
    take(bytes: Buffer) {
      // Not by `indexOf`: a piece may be line ends and nothing else.
      for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0x0a) ends += 1;
      if (bytes.length > 0) isOpen = bytes.at(-1) !== 0x0a;
    },
    lines: () => ends + (isOpen ? 1 : 0),
  };
};

const keptHeads = async (
  git: Git,
  entries: readonly ListedEntry[],
  paths: readonly string[],
  { maxBytes, countsLines, signal }: HeadOptions,
): Promise<ReadonlyMap<string, FileHead>> => {
  const wanted = new Set(paths.filter(isPlain));
  const chosen = entries.filter(({ path, kind }) => kind === 'file' && wanted.has(path));
  const sizes = await sizesOf(
    git,
    chosen.map(({ id }) => id),
    signal,
  );
  const sizeOf = ({ id }: ListedEntry) => sizes.get(id) ?? 0;
  const heads = new Map<string, FileHead>();
  const isCounted = (entry: ListedEntry) => countsLines && sizeOf(entry) <= countedBytes;
  // Small ones all at once; of a large one no more is read than is needed.
  const isSmall = (entry: ListedEntry) => sizeOf(entry) <= pieceBytes;
  const blobs = await readBlobs(
    git,
    chosen.filter(isSmall).map(({ id }) => id),
    signal,
  );
  for (const entry of chosen) {
    const bytes = sizeOf(entry);
    const whole = blobs.get(entry.id);
    const { head, lines } =
      whole === undefined
        ? await readLarge(git, entry.id, maxBytes, isCounted(entry), signal)
        : { head: whole, lines: isCounted(entry) ? linesIn(whole) : null };
    heads.set(entry.path, { head: head.subarray(0, maxBytes), bytes, modifiedAt: null, lines });
  }
  return heads;
};

const linesIn = (bytes: Buffer): number => {
  const counter = createLineCounter();
  counter.take(bytes);
  return counter.lines();
};

/** The beginning of an object; the rest is only read where lines are counted. */
const readLarge = async (
  git: Git,
  id: string,
  maxBytes: number,
  isCounted: boolean,
  signal: AbortSignal | undefined,
): Promise<{ readonly head: Buffer; readonly lines: number | null }> => {
  const counter = createLineCounter();
  const pieces: Buffer[] = [];
  let length = 0;
  await eachBlob(
    git,
    [id],
    {
      begin: () => undefined,
      take(_, piece) {
        if (isCounted) counter.take(piece);
        if (length < maxBytes) pieces.push(piece.subarray(0, maxBytes - length));
        length += piece.length;
        return isCounted || length < maxBytes ? undefined : 'enough';
      },
      end: () => undefined,
    },
    signal,
  );
  return { head: Buffer.concat(pieces), lines: isCounted ? counter.lines() : null };
};
