import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBaseIndex } from './base-index.ts';
import { type Git, GitError, slowMs, splitNul } from './git.ts';
import { eachRecord } from './git-records.ts';
import { indexHead } from './index-file.ts';
import { dateIndex, tick } from './index-time.ts';
import { type Candidate, createIntake, isStorable } from './intake.ts';
import { createKeptLook } from './kept-look.ts';
import { baseRef, type WorkspacePaths } from './workspace-paths.ts';

/**
 * Looks at a working tree with our own git directory, index and object store, so that nothing in the tree (the
 * agent's `.git`, nested repositories, attributes, hooks) can make git run a program, and nothing of it is changed.
 * Not for concurrent use.
 */
export interface TreeView {
  /** Git on the session's repository that also sees the objects of the looks. */
  readonly git: Git;
  /** The tree the session started from. */
  base(signal?: AbortSignal): Promise<string>;
  /** The tree of the files as they are now, ignored files left out. With `fresh`, no file is trusted by its times. */
  snapshot(options?: {
    readonly fresh?: boolean;
    readonly signal?: AbortSignal | undefined;
  }): Promise<string>;
  /** Changes with every snapshot that found a file otherwise than before. */
  readonly version: number;
  /** Whether one more look, in a later second, makes the first looks of others fast. */
  readonly isYoung: boolean;
  /** How many files it has, as of the last snapshot. */
  fileCount(): Promise<number>;
  /** Copies a snapshot into the session's repository, for good. */
  keep(tree: string, signal?: AbortSignal): Promise<void>;
  /** Forgets every snapshot but this, the newest, when they have grown large and none is held. */
  tidy(tree: string): Promise<void>;
  /** Keeps every snapshot until what it gives is called. */
  hold(): () => void;
  /** Removes the index and the objects of the looks. */
  drop(): Promise<void>;
  /** The same, but leaves them at that place to whoever goes on there, if all is in order and nobody looked there yet. */
  leaveTo(place: string): Promise<void>;
}

export interface TreeViewOptions {
  readonly git: Git;
  readonly paths: WorkspacePaths;
  /** Index and objects of the looks; emptied at the first one, unless another process has left all of it in order. */
  readonly scratch: string;
  /** The tree the session started from, where it is known. */
  readonly base?: string;
  /** How many bytes may be stored before old snapshots are forgotten. */
  readonly tidyBytes?: number;
  /** And in how many packs: each one costs every git command a look into its index. */
  readonly tidyPacks?: number;
  /** How many files a tree has at least for which it is worth while to spare others the reading of all of them. */
  readonly settledFiles?: number;
}

const defaultTidyBytes = 256 * 1024 * 1024;
const defaultTidyPacks = 64;
const defaultSettledFiles = 1_000;
/** How many repositories inside the tree are looked into; each costs one command. */
const nestedLimit = 200;

export const createTreeView = ({
  git,
  paths,
  scratch,
  base: knownBase,
  tidyBytes = defaultTidyBytes,
  tidyPacks = defaultTidyPacks,
  settledFiles = defaultSettledFiles,
}: TreeViewOptions): TreeView => {
  const index = join(scratch, 'index');
  const baseIndex = createBaseIndex(paths, join(scratch, 'settled'), settledFiles);
  const objects = join(scratch, 'objects');
  const kept = createKeptLook(scratch);
  const bound = git.with({
    gitDir: paths.git,
    environment: { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects },
  });
  const inTree = bound.with({ workTree: paths.tree });
  let base: Promise<string> | undefined = knownBase === undefined ? undefined : Promise.resolve(knownBase);
  let submodules: Promise<readonly Buffer[]> | undefined;
  /** The commits of submodules as the index has them, as far as they were looked at. */
  const commits = new Map<string, string>();
  let prepared = false;
  let last: string | undefined;
  /** After a failure, whatever the index says is not relied on. */
  let isDoubtful = false;
  let storedBytes = 0;
  let packs = 0;
  let version = 0;
  let holders = 0;

  const readBase = async (signal?: AbortSignal): Promise<string> => {
    base ??= git.text(['rev-parse', '--verify', `${baseRef}^{tree}`], { gitDir: paths.git, signal });
    return base.catch((error: unknown) => {
      base = undefined;
      throw error;
    });
  };

  const intake = createIntake({
    git: bound,
    tree: paths.tree,
    index,
    objects,
    stage: join(scratch, 's'),
    top: async (signal) => last ?? readBase(signal),
  });

  const prepare = async (signal: AbortSignal | undefined): Promise<void> => {
    if (prepared) return;
    const found = await kept.find(await readBase(signal));
    if (found === undefined) {
      await rm(scratch, { recursive: true, force: true });
      await makeObjects(objects, paths);
    }
    last = found?.tree;
    storedBytes = found?.storedBytes ?? 0;
    packs = found?.packs ?? 0;
    prepared = true;
  };

  /** Asked once, beside what else a first look asks. */
  const readSubmodules = async (signal: AbortSignal | undefined): Promise<readonly Buffer[]> => {
    submodules ??= submodulesOf(bound, await readBase(signal), signal);
    return submodules.catch((error: unknown) => {
      submodules = undefined;
      throw error;
    });
  };

  /** Leaves to whoever comes after this process what its looks have found. */
  const keepLook = async (): Promise<void> => {
    if (last !== undefined) await kept.keep(await readBase(), { tree: last, storedBytes, packs });
  };

  const reset = async (asSettled: boolean, signal: AbortSignal | undefined): Promise<void> => {
    await kept.forget();
    last = undefined;
    commits.clear();
    intake.forget();
    await rm(`${index}.lock`, { force: true });
    await baseIndex.copyTo(index, asSettled);
    if ((await indexHead(index)).version > 3) {
      const { mtimeMs } = await stat(index);
      await bound.run(['update-index', '--index-version', '2'], { signal });
      await dateIndex(index, mtimeMs);
    }
    last = await readBase(signal);
    isDoubtful = false;
  };

  /**
   * Files that are not as the index says, and files that it does not know and nothing ignores. A repository inside the
   * tree is looked at as if it were all there is, with its ignore rules and an index without files: of its `.git`
   * nothing is read.
   */
  const candidates = async (signal: AbortSignal | undefined): Promise<Candidate[]> => {
    const found = new Map<string, Candidate>();
    const [known, unknown, modules] = await Promise.all([
      differing(signal),
      untracked(signal),
      readSubmodules(signal),
    ]);
    const moved = modules.length === 0 ? [] : await movedSubmodules(modules, signal);
    const isSubmodule = (name: Buffer) => modules.some((submodule) => submodule.equals(name));
    for (const candidate of [...unknown, ...known]) {
      const { name } = candidate;
      if (isStorable(name) && !isSubmodule(name)) found.set(name.toString('latin1'), candidate);
    }
    return [...found.values(), ...moved];
  };

  /** Those that the index knows: by their facts, not by their content. */
  const differing = async (signal: AbortSignal | undefined): Promise<Candidate[]> => {
    const found: Candidate[] = [];
    let facts: string | undefined;
    const take = (record: Buffer): void => {
      if (facts === undefined) {
        facts = record.toString('latin1', 1);
        return;
      }
      const [mode = '', , id = ''] = facts.split(' ');
      facts = undefined;
      baseIndex.doubt(record);
      found.push({ name: Buffer.from(record), known: { mode: Number.parseInt(mode, 8), id } });
    };
    // All: it would run `git status` in a submodule.
    const args = ['diff-files', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=all'];
    await eachRecord(inTree, args, take, { signal });
    return found;
  };

  const untracked = async (signal: AbortSignal | undefined): Promise<Candidate[]> => {
    const found: Candidate[] = [];
    const directories: Buffer[] = [Buffer.alloc(0)];
    for (const prefix of directories) {
      const directory = pathIn(paths.tree, prefix);
      if (!(await isRealDirectory(directory)) || !isUtf8(directory)) continue;
      const take = (name: Buffer): void => {
        const full = Buffer.concat([prefix, name]);
        if (full.at(-1) !== slash) found.push({ name: full });
        else if (directories.length <= nestedLimit) directories.push(full);
      };
      await eachRecord(inTree, ['ls-files', '-z', '--others', '--exclude-standard'], take, {
        workTree: directory.toString('utf8'),
        environment: prefix.length === 0 ? {} : { GIT_INDEX_FILE: join(scratch, 'no-index') },
        signal,
      });
    }
    return found;
  };

  /** Submodules whose commit or directory is otherwise than the index says. */
  const movedSubmodules = async (
    submodules: readonly Buffer[],
    signal: AbortSignal | undefined,
  ): Promise<Candidate[]> => {
    const { gone, repositories } = await sortSubmodules(paths.tree, submodules);
    const now = new Map(gone.map((name) => [name.toString('latin1'), 'gone']));
    if (repositories.length > 0) {
      // An index of their own: git reads their commits into it.
      const apart = { GIT_INDEX_FILE: join(scratch, 'submodules') };
      await rm(apart.GIT_INDEX_FILE, { force: true });
      await updateIndex(inTree.with({ environment: apart }), ['--add', '--replace'], repositories, signal);
      const { stdout } = await bound.run(['ls-files', '-z', '--stage'], { environment: apart, signal });
      for (const entry of splitNul(stdout)) {
        const tab = entry.indexOf(0x09);
        now.set(entry.toString('latin1', tab + 1), entry.toString('latin1', 0, tab).split(' ')[1] ?? '');
      }
    }
    return [...now].flatMap(([path, id]): Candidate[] => {
      if (commits.get(path) === id) return [];
      commits.set(path, id);
      return [{ name: Buffer.from(path, 'latin1'), commit: id === 'gone' ? null : Buffer.from(id, 'hex') }];
    });
  };

  /** A path that git does not take (a name it refuses, an encoding that is none) is left out, not the others. */
  const updateIndex = async (
    place: Git,
    flags: readonly string[],
    names: readonly Buffer[],
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (names.length === 0) return;
    const input = Buffer.concat(names.flatMap((name) => [name, Buffer.of(0)]));
    try {
      await place.run(['update-index', ...flags, '-z', '--stdin'], { input, signal, timeoutMs: slowMs });
    } catch (error) {
      if (!(error instanceof GitError) || !canBeOnePath(error)) throw error;
      if (names.length > 1) {
        const half = Math.ceil(names.length / 2);
        await updateIndex(place, flags, names.slice(0, half), signal);
        await updateIndex(place, flags, names.slice(half), signal);
        return;
      }
      // Without the path it works, or it is no matter of paths.
      await place.run(['update-index', ...flags, '-z', '--stdin'], { input: '', signal });
    }
  };

  const packObjects = async (tree: string, target: string, signal?: AbortSignal): Promise<void> => {
    await bound.run(
      ['pack-objects', '--revs', '--non-empty', '--no-reuse-object', '--quiet', join(target, 'pack', 'pack')],
      {
        input: `${tree}\n^${await readBase(signal)}\n`,
        timeoutMs: slowMs,
        signal,
      },
    );
  };

  const drop = async (): Promise<void> => {
    prepared = false;
    await rm(scratch, { recursive: true, force: true });
  };

  return {
    git: bound,
    base: readBase,
    get version() {
      return version;
    },
    get isYoung() {
      return baseIndex.isYoung;
    },
    async snapshot({ fresh = false, signal } = {}) {
      await prepare(signal);
      try {
        const isSure = !fresh && !isDoubtful;
        const isAnew = !isSure || last === undefined;
        if (isAnew) await reset(isSure, signal);
        await expectDirectory(paths.tree);
        const begun = await tick(join(scratch, 'tick'));
        const found = await candidates(signal);
        if (found.length > 0) await kept.forget();
        const taken = await intake.take(found, begun, signal);
        if (taken !== undefined) {
          version += 1;
          storedBytes += taken.bytes;
          packs += 1;
          last = taken.tree?.toString('hex') ?? last;
        }
        // All it says was seen to be so since then.
        await dateIndex(index, begun);
        if (found.length > 0 || isAnew) await keepLook();
        await baseIndex.settle(begun, (await readBase(signal)).length / 2);
        return last ?? (await readBase(signal));
      } catch (error) {
        isDoubtful = true;
        // One that nobody waits for any more has found nothing wrong, and what it changed is not in the note.
        if (signal?.aborted !== true) await kept.forget().catch(() => {});
        throw error;
      }
    },
    fileCount: async () => (await indexHead(index)).count,
    keep: (tree, signal) => packObjects(tree, join(paths.git, 'objects'), signal),
    async tidy(tree) {
      if (holders > 0 || (storedBytes <= tidyBytes && packs <= tidyPacks)) return;
      await kept.forget();
      storedBytes = 0;
      packs = 0;
      const next = `${objects}.next`;
      const previous = `${objects}.last`;
      await Promise.all([next, previous].map((path) => rm(path, { recursive: true, force: true })));
      await makeObjects(next, paths);
      if (tree !== (await readBase())) await packObjects(tree, next);
      await rename(objects, previous);
      await rename(next, objects);
      await rm(previous, { recursive: true, force: true });
      if (!isDoubtful) await keepLook();
    },
    hold() {
      let isHeld = true;
      holders += 1;
      return () => {
        if (isHeld) holders -= 1;
        isHeld = false;
      };
    },
    drop,
    async leaveTo(place) {
      const found = await readBase()
        .then(kept.find)
        .catch(() => undefined);
      // Whoever is just beginning there takes the note away first; and where the tree was dropped nobody will.
      if (found !== undefined && existsSync(paths.tree)) await rename(scratch, place).catch(() => {});
      await drop();
    },
  };
};

/** An object store that borrows from the session's repository, which lives longer and is never pruned. */
const makeObjects = async (objects: string, paths: WorkspacePaths): Promise<void> => {
  await mkdir(join(objects, 'info'), { recursive: true, mode: 0o700 });
  await mkdir(join(objects, 'pack'), { recursive: true, mode: 0o700 });
  await writeFile(join(objects, 'info', 'alternates'), `${join(paths.git, 'objects')}\n`);
};

const expectDirectory = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new GitError('failed', 'snapshot', 'the working tree is not there');
};

const canBeOnePath = ({ failure, stderr }: GitError): boolean =>
  failure === 'failed' &&
  !/no space left|quota exceeded|read-only file system|input\/output error|index\.lock/i.test(stderr);

const slash = 0x2f;

const isRealDirectory = async (path: Buffer): Promise<boolean> =>
  (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;

/** The path of a name that git gave, byte for byte. */
const pathIn = (tree: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${tree}/`), name]);

/** The submodules of the base: their commit is looked at, their files are not. */
const submodulesOf = async (git: Git, base: string, signal: AbortSignal | undefined): Promise<Buffer[]> => {
  if ((await git.text(['ls-tree', base, '--', '.gitmodules'], { signal })) === '') return [];
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', base], { signal });
  return splitNul(stdout).flatMap((entry) =>
    entry.toString('latin1', 0, 6) === '160000' ? [entry.subarray(entry.indexOf('\t') + 1)] : [],
  );
};

const sortSubmodules = async (tree: string, submodules: readonly Buffer[]) => {
  const gone: Buffer[] = [];
  const repositories: Buffer[] = [];
  for (const name of submodules) {
    const path = pathIn(tree, name);
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isDirectory()) gone.push(name);
    else if (
      (await lstat(pathIn(tree, Buffer.concat([name, Buffer.from('/.git')]))).catch(() => undefined)) !==
      undefined
    )
      repositories.push(name);
  }
  return { gone, repositories };
};
