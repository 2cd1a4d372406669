import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { access, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Git, GitError, slowMs, splitNul } from './git.ts';
import { inPortions } from './in-portions.ts';
import { copyIndex, dateIndex, tick } from './index-time.ts';
import { stageFiles } from './stage.ts';
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
}

export interface TreeViewOptions {
  readonly git: Git;
  readonly paths: WorkspacePaths;
  /** Index and objects of the looks; emptied at the first one. */
  readonly scratch: string;
  /** How many bytes of files may be looked at before old snapshots are forgotten. */
  readonly tidyBytes?: number;
}

const defaultTidyBytes = 256 * 1024 * 1024;
/** How many repositories inside the tree are looked into; each costs one command. */
const nestedLimit = 200;

export const createTreeView = ({ git, paths, scratch, tidyBytes }: TreeViewOptions): TreeView => {
  const index = join(scratch, 'index');
  const objects = join(scratch, 'objects');
  const bound = git.with({
    gitDir: paths.git,
    environment: { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects },
  });
  const inTree = bound.with({ workTree: paths.tree });
  const stage = join(scratch, 's');
  const inStage = bound.with({ workTree: stage });
  let base: Promise<string> | undefined;
  let submodules: readonly Buffer[] = [];
  let prepared = false;
  let last: string | undefined;
  /** After a failure, whatever the index says is not relied on. */
  let isDoubtful = false;
  let hashedBytes = 0;
  let version = 0;
  let holders = 0;

  const readBase = async (signal?: AbortSignal): Promise<string> => {
    base ??= git.text(['rev-parse', '--verify', `${baseRef}^{tree}`], { gitDir: paths.git, signal });
    return base.catch((error: unknown) => {
      base = undefined;
      throw error;
    });
  };

  const prepare = async (signal: AbortSignal | undefined): Promise<void> => {
    if (prepared) return;
    await rm(scratch, { recursive: true, force: true });
    await makeObjects(objects, paths);
    await copyIndex(paths.index, index);
    submodules = await submodulesOf(bound, await readBase(signal), signal);
    last = undefined;
    prepared = true;
  };

  const reset = async (): Promise<void> => {
    last = undefined;
    await rm(`${index}.lock`, { force: true });
    await copyIndex(paths.index, index);
    isDoubtful = false;
  };

  /** Brings the index up to date with the files; false when it was. */
  const update = async (signal: AbortSignal | undefined): Promise<boolean> => {
    const { gone, repositories } = await sortSubmodules(paths.tree, submodules);
    await updateIndex(inTree, ['--force-remove'], gone, signal);
    const found = await sortCandidates(paths.tree, await candidates(signal));
    hashedBytes += found.bytes;
    await updateIndex(inTree, ['--force-remove'], found.removed, signal);
    await updateIndex(inTree, ['--add', '--remove', '--replace'], repositories, signal);
    if (found.present.length > 0) await addFiles(found.present, signal);
    return gone.length + found.removed.length + repositories.length + found.present.length > 0;
  };

  /** Git reads copies that nobody exchanges, then learns which files they are copies of, as far as they still are. */
  const addFiles = async (names: readonly Buffer[], signal: AbortSignal | undefined): Promise<void> => {
    const large = await stageFiles(paths.tree, stage, names);
    try {
      const apart = new Set(large.map(({ name }) => name));
      const copied = names.filter((name) => !apart.has(name));
      await updateIndex(inStage, ['--add', '--remove', '--replace'], copied, signal);
      for (const { name, mode, handle } of large) {
        const input = { descriptor: handle.fd };
        const id = await bound.text(['hash-object', '-w', '--no-filters', '--stdin'], {
          input,
          signal,
          timeoutMs: slowMs,
        });
        const entry = Buffer.concat([Buffer.from(`${mode} ${id}\t`), name, Buffer.of(0)]);
        await inTree.run(['update-index', '--replace', '-z', '--index-info'], { input: entry, signal });
      }
    } finally {
      for (const { handle } of large) await handle.close();
      await rm(stage, { recursive: true, force: true });
    }
    await inTree.run(['update-index', '-q', '--refresh'], { accept: [0, 1], signal, timeoutMs: slowMs });
  };

  /**
   * Files that are not as the index says, and files that it does not know and nothing ignores. A repository inside the
   * tree is looked at as if it were all there is, with its ignore rules and an index without files: of its `.git`
   * nothing is read. (`add` and `diff-files` would run `git status` in it.)
   */
  const candidates = async (signal: AbortSignal | undefined): Promise<Buffer[]> => {
    const names: Buffer[] = [];
    const directories: Buffer[] = [Buffer.alloc(0)];
    for (const prefix of directories) {
      const directory = pathIn(paths.tree, prefix);
      if (!(await isRealDirectory(directory)) || !isUtf8(directory)) continue;
      const { stdout } = await inTree.run(
        ['ls-files', '-z', '--modified', '--others', '--exclude-standard'],
        {
          workTree: directory.toString('utf8'),
          environment: prefix.length === 0 ? {} : { GIT_INDEX_FILE: join(scratch, 'no-index') },
          signal,
        },
      );
      for (const name of splitNul(stdout)) {
        const full = Buffer.concat([prefix, name]);
        if (full.at(-1) !== slash) names.push(full);
        else if (directories.length <= nestedLimit) directories.push(full);
      }
    }
    return names.filter((name) => !submodules.some((submodule) => submodule.equals(name)));
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
    await bound.run(['pack-objects', '--revs', '--non-empty', '--quiet', join(target, 'pack', 'pack')], {
      input: `${tree}\n^${await readBase(signal)}\n`,
      timeoutMs: slowMs,
      signal,
    });
  };

  return {
    git: bound,
    base: readBase,
    get version() {
      return version;
    },
    async snapshot({ fresh = false, signal } = {}) {
      await prepare(signal);
      try {
        if (fresh || isDoubtful) await reset();
        await expectDirectory(paths.tree);
        const begun = await tick(join(scratch, 'tick'));
        if ((await update(signal)) || last === undefined) {
          version += 1;
          last = await bound.text(['write-tree'], { signal });
          await dateIndex(index, begun);
        }
        return last;
      } catch (error) {
        isDoubtful = true;
        throw error;
      }
    },
    async fileCount() {
      const file = await open(index, 'r');
      try {
        // The header of an index: DIRC, its version, how many entries.
        const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
        return bytesRead === 12 ? buffer.readUInt32BE(8) : 0;
      } finally {
        await file.close();
      }
    },
    keep: (tree, signal) => packObjects(tree, join(paths.git, 'objects'), signal),
    async tidy(tree) {
      if (holders > 0 || hashedBytes <= (tidyBytes ?? defaultTidyBytes)) return;
      hashedBytes = 0;
      const next = `${objects}.next`;
      const last = `${objects}.last`;
      await Promise.all([next, last].map((path) => rm(path, { recursive: true, force: true })));
      await makeObjects(next, paths);
      if (tree !== (await readBase())) await packObjects(tree, next);
      await rename(objects, last);
      await rename(next, objects);
      await rm(last, { recursive: true, force: true });
    },
    hold() {
      let isHeld = true;
      holders += 1;
      return () => {
        if (isHeld) holders -= 1;
        isHeld = false;
      };
    },
    async drop() {
      prepared = false;
      await rm(scratch, { recursive: true, force: true });
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

interface Candidates {
  readonly present: readonly Buffer[];
  readonly removed: readonly Buffer[];
  readonly bytes: number;
}

/** What is there as a file or symbolic link, and what is not or not any more. */
const sortCandidates = async (tree: string, names: readonly Buffer[]): Promise<Candidates> => {
  const present: Buffer[] = [];
  const removed: Buffer[] = [];
  let bytes = 0;
  await inPortions(names, async (name) => {
    if (!isStorable(name)) return;
    const path = pathIn(tree, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile()) {
      const isReadable = await access(path, constants.R_OK).then(
        () => true,
        () => false,
      );
      // One that nobody may read stays as it was known last.
      if (!isReadable) return;
      present.push(name);
      bytes += found.size;
    } else if (found?.isSymbolicLink()) {
      present.push(name);
    } else {
      removed.push(name);
    }
  });
  return { present, removed, bytes };
};

/** Git stores no path that could be taken for its own directory, also on file systems that fold names. */
const isStorable = (name: Buffer): boolean =>
  !name
    .toString('latin1')
    .split(/[/\\]/)
    .some((part) => /^(?:\.git|git~\d+)[ .]*(?::.*)?$/i.test(part));

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
