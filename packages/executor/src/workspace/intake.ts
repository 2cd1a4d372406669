import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { type Exact, exactRoot, readExact } from './exact-file.ts';
import { type Git, GitError } from './git.ts';
import { createGitContent, type GitContent, isStoredAsItIs } from './git-content.ts';
import { eachRecord } from './git-records.ts';
import { type IndexFile, type IndexPlace, type IndexUpdate, rewriteIndex } from './index-file.ts';
import { createPackFile, type PackFile } from './pack-file.ts';
import { createTreeObjects, type DirectoryTrees, parentOf } from './tree-objects.ts';

/** A path whose file may be otherwise than the index says. */
export interface Candidate {
  readonly name: Buffer;
  /** What the index says of it, where it knows it. */
  readonly known?: { readonly mode: number; readonly id: string };
  /** The commit of a submodule, told by git; null when its directory is gone. */
  readonly commit?: Buffer | null;
}

/** What was taken in. */
interface Taken {
  /** Undefined when every file has the content it had. */
  readonly tree: Buffer | undefined;
  /** How much was stored for it, bytes. */
  readonly bytes: number;
}

/** Takes files as they are now into an index and an object store of ours. Not for concurrent use. */
export interface Intake {
  /** Undefined when nothing is otherwise. `begunMs`: when the candidates began to be looked for, by the file system. */
  take(
    candidates: readonly Candidate[],
    begunMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Taken | undefined>;
  /** The index is another one. */
  forget(): void;
}

interface IntakeParts {
  /** Git on the session's repository, with this index and these objects. */
  readonly git: Git;
  readonly tree: string;
  readonly index: string;
  readonly objects: string;
  /** A directory for copies. */
  readonly stage: string;
  /** The tree of what the index says. */
  readonly top: (signal: AbortSignal | undefined) => Promise<string>;
}

/** How many files are open at once. */
const portion = 64;
const readBytes = 256 * 1024;

const modes = { file: 0o100644, program: 0o100755, link: 0o120000, submodule: 0o160000 } as const;

export const createIntake = ({ git, tree, index, objects, stage, top }: IntakeParts): Intake => {
  let trees: DirectoryTrees | undefined;
  let hasAttributes: boolean | undefined;

  const readTrees = async (signal: AbortSignal | undefined): Promise<DirectoryTrees> => {
    const found: DirectoryTrees = new Map();
    const take = (record: Buffer): void => {
      const tab = record.indexOf(0x09);
      const [, , id = ''] = record.toString('latin1', 0, tab).split(' ');
      found.set(record.toString('latin1', tab + 1), Buffer.from(id, 'hex'));
    };
    await eachRecord(git, ['ls-tree', '-r', '-d', '-z', '--full-tree', await top(signal)], take, { signal });
    return found;
  };

  /** Whether anything says that content is stored otherwise than it is read. */
  const findAttributes = async (signal: AbortSignal | undefined): Promise<boolean> => {
    const { stdout } = await git.run(['ls-files', '-z', '--', ':(glob)**/.gitattributes'], {
      environment: { GIT_LITERAL_PATHSPECS: '0' },
      signal,
    });
    return stdout.length > 0;
  };

  /** What is to be said of each path, by its bytes. */
  const readAll = async (
    candidates: readonly Candidate[],
    begunMs: number,
    pack: PackFile,
    content: GitContent,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, IndexUpdate>> => {
    const updates = new Map<string, IndexUpdate>();
    const unstored = new Map<
      string,
      { readonly name: Buffer; readonly mode: number; readonly stats: BigIntStats }
    >();
    const root = await exactRoot(tree);
    if (candidates.some(({ name }) => isAttributes(name))) hasAttributes = true;
    const takeIn = async ({ name, known }: Candidate, found: Exact): Promise<void> => {
      const key = name.toString('latin1');
      if (found.kind === 'unreadable') return;
      // Git reads the attributes that are there now before those of the index.
      if (found.kind === 'gone' && isAttributes(name)) await content.put(name, noAttributes);
      if (found.kind === 'gone' || (found.kind === 'link' && isModules(name))) {
        updates.set(key, { name, to: undefined });
        return;
      }
      const stats = found.stats;
      if (!isStoredAsItIs(found) || isAttributes(name)) {
        hasAttributes ??= await findAttributes(signal);
        if (hasAttributes) {
          await content.put(name, found);
          unstored.set(key, { name, mode: modeOf(found, known), stats });
          return;
        }
      }
      const isKnown = (id: Buffer): boolean => id.toString('hex') === known?.id;
      const id =
        found.kind === 'large'
          ? await pack.addLarge(Number(stats.size), piecesOf(found.handle, stats, signal), isKnown)
          : await pack.add('blob', found.bytes, isKnown);
      // One that shrinks while it is read is looked at again.
      if (id !== undefined) updates.set(key, { name, to: { mode: modeOf(found, known), id, stats } });
    };

    for (let start = 0; start < candidates.length; start += portion) {
      goOn(signal);
      const some = candidates.slice(start, start + portion);
      const read = await Promise.allSettled(
        some.map(({ name, commit }): Promise<Exact> | Exact =>
          commit === undefined ? readExact(root, name) : { kind: 'gone' },
        ),
      );
      const found = read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      try {
        // One that fails is the end of the look, and those beside it are open.
        const failed = read.find((each) => each.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        for (const [at, candidate] of some.entries()) {
          const { name, commit } = candidate;
          if (commit) {
            updates.set(name.toString('latin1'), {
              name,
              to: { mode: modes.submodule, id: commit, stats: undefined },
            });
          } else await takeIn(candidate, found[at] ?? { kind: 'gone' });
        }
      } finally {
        for (const each of found) if (each.kind === 'large') await each.handle.close();
      }
    }
    if (unstored.size > 0) {
      const ids = await content.store(signal);
      for (const [key, { name, mode, stats }] of unstored) {
        const id = ids.get(key);
        if (id !== undefined) updates.set(key, { name, to: { mode, id, stats } });
      }
    }
    return settled(updates, begunMs);
  };

  return {
    async take(candidates, begunMs, signal) {
      if (candidates.length === 0) return undefined;
      const known = trees ?? (await readTrees(signal));
      trees = known;
      const idBytes = (await top(signal)).length / 2;
      const pack = createPackFile(objects, idBytes);
      const content = createGitContent(git, index, stage);
      try {
        const updates = await readAll(candidates, begunMs, pack, content, signal);
        if (updates.size === 0) return undefined;
        const before = new Map(candidates.map(({ name, known: was }) => [name.toString('latin1'), was]));
        const changed = [...updates].filter(([key, { to }]) => !isSame(before.get(key), to));
        const written = createTreeObjects(directoriesOf(changed.map(([key]) => key)), idBytes);
        addVanished(updates, changed, known);
        await rewriteIndex(index, [...updates.values()].sort(byName), idBytes, {
          keeps: createConflictFinder(updates, known),
          take: (place) => written.take(place),
        });
        const changedTree = changed.length === 0 ? undefined : await written.write(pack, known);
        return { tree: changedTree, bytes: await pack.finish() };
      } finally {
        await pack.discard();
        await content.discard();
      }
    },
    forget() {
      trees = undefined;
      hasAttributes = undefined;
    },
  };
};

const goOn = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new GitError('aborted', 'look', '');
};

const byName = (one: IndexUpdate, other: IndexUpdate): number => one.name.compare(other.name);

const modeOf = ({ kind, ...found }: Exact, known: Candidate['known']): number => {
  if (kind === 'link') return modes.link;
  // On Windows no file says whether it is a program.
  if (process.platform === 'win32') return known?.mode === modes.program ? modes.program : modes.file;
  return 'stats' in found && (found.stats.mode & 0o100n) !== 0n ? modes.program : modes.file;
};

/** What a file has, as far as it was long when it was opened. */
async function* piecesOf(
  handle: FileHandle,
  { size }: BigIntStats,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (let at = 0, left = Number(size); left > 0; ) {
    goOn(signal);
    const length = Math.min(left, readBytes);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
    left -= bytesRead;
  }
}

/**
 * Git trusts the times of a file but where it is as young as the index. It compares whole seconds, and an agent can set
 * the one time that says how young a file is: of a file that changed within the second of the look, but says otherwise,
 * nothing is noted, so that it is read again next time. And a path is a file or a directory: of a tree that changed
 * meanwhile what was seen as a file stays.
 */
const settled = (updates: Map<string, IndexUpdate>, begunMs: number): Map<string, IndexUpdate> => {
  const begun = BigInt(Math.floor(begunMs / 1000)) * billion;
  for (const [key, { name, to }] of updates) {
    if (to === undefined) continue;
    if (ancestorsOf(key).some((path) => updates.get(path)?.to !== undefined)) updates.delete(key);
    else if (to.stats !== undefined && to.stats.mtimeNs < begun && to.stats.ctimeNs >= begun)
      updates.set(key, { name, to: { ...to, stats: undefined } });
  }
  return updates;
};

const billion = 1_000_000_000n;

const isSame = (before: Candidate['known'], now: IndexFile | undefined): boolean =>
  before !== undefined &&
  now !== undefined &&
  before.mode === now.mode &&
  before.id === now.id.toString('hex');

/** The directories a path lies in, without the top one. */
const ancestorsOf = (path: string): string[] => {
  const found: string[] = [];
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) found.push(parent);
  return found;
};

const directoriesOf = (paths: readonly string[]): ReadonlySet<string> => {
  const found = new Set(['']);
  for (const path of paths) {
    for (let parent = parentOf(path); parent !== '' && !found.has(parent); parent = parentOf(parent)) {
      found.add(parent);
    }
  }
  return found;
};

/** What was a file and is a directory now. */
const addVanished = (
  updates: Map<string, IndexUpdate>,
  changed: readonly (readonly [string, IndexUpdate])[],
  trees: DirectoryTrees,
): void => {
  for (const [key, { to }] of changed) {
    if (to === undefined) continue;
    for (const path of ancestorsOf(key)) {
      if (trees.has(path)) break;
      if (!updates.has(path)) updates.set(path, { name: Buffer.from(path, 'latin1'), to: undefined });
    }
  }
};

/** Whether an entry stays: not when what was its directory is a file now. */
const createConflictFinder = (updates: ReadonlyMap<string, IndexUpdate>, trees: DirectoryTrees) => {
  let last: string | undefined;
  let isInFile = false;
  return ({ directory }: IndexPlace): boolean => {
    if (directory !== last) {
      last = directory;
      const paths = directory === '' ? [] : [directory, ...ancestorsOf(directory)];
      isInFile = paths.some((each) => updates.get(each)?.to !== undefined);
      if (isInFile) for (const each of paths) trees.delete(each);
    }
    return !isInFile;
  };
};

/** Git stores no path that could be taken for its own directory, also on file systems that fold names. */
export const isStorable = (name: Buffer): boolean =>
  !name
    .toString('latin1')
    .split(/[/\\]/)
    .some((part) => /^(?:\.git|git~\d+)[ .]*(?::.*)?$/i.test(part));

/** Nor a link in the place of the list of submodules. */
const isModules = (name: Buffer): boolean =>
  name
    .toString('latin1')
    .split(/[/\\]/)
    .some((part) => /^(?:\.gitmodules|gitmod~\d+|gi[0-9a-z]{1,4}~\d+)[ .]*(?::.*)?$/i.test(part));

const noAttributes = { kind: 'small', bytes: Buffer.alloc(0) } as const;

const isAttributes = (name: Buffer): boolean => /(?:^|\/)\.gitattributes$/.test(name.toString('latin1'));
