import { isUtf8 } from 'node:buffer';
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type Git, splitNul } from './git.ts';

/**
 * Hints that something in a tree may have changed. They can be wrong or too many; when `isComplete` is false, also
 * too few.
 */
export interface DirectoryWatch {
  readonly isComplete: boolean;
  /** Watches what appeared since the last time. */
  extend(signal?: AbortSignal): Promise<void>;
  close(): void;
}

export interface DirectoryWatchOptions {
  readonly tree: string;
  /** Git with the tree as its working tree, to ask what is ignored. */
  readonly git: Git;
  readonly onHint: () => void;
  readonly maxDirectories?: number;
}

/** What a session may take of the host's inotify watches. */
const defaultMaxDirectories = 4_096;

/**
 * Where the system watches whole trees, it does. Linux watches single directories: each that is not ignored gets a
 * watch, so that an installed dependency tree costs nothing. (`fs.watch` would watch every single file there.)
 */
export const watchDirectories = (options: DirectoryWatchOptions): DirectoryWatch =>
  process.platform === 'darwin' || process.platform === 'win32'
    ? watchWholeTree(options)
    : watchEachDirectory(options);

const watchWholeTree = ({ tree, onHint }: DirectoryWatchOptions): DirectoryWatch => {
  let isComplete = true;
  let watcher: FSWatcher | undefined;
  const fail = () => {
    isComplete = false;
    watcher?.close();
    onHint();
  };
  try {
    watcher = watch(tree, { recursive: true, persistent: false }, (_kind, name) => {
      if (name?.split(sep).includes('.git')) return;
      onHint();
    });
    watcher.on('error', fail);
  } catch {
    isComplete = false;
  }
  return {
    get isComplete() {
      return isComplete;
    },
    extend: async () => {},
    close: () => watcher?.close(),
  };
};

const watchEachDirectory = ({
  tree,
  git,
  onHint,
  maxDirectories = defaultMaxDirectories,
}: DirectoryWatchOptions): DirectoryWatch => {
  const watchers = new Map<string, FSWatcher>();
  /** Directories whose children are to be looked through. */
  const fresh = new Set<string>([tree]);
  let isComplete = true;
  let isClosed = false;

  const forget = (path: string) => {
    for (const [watched, watcher] of watchers) {
      if (watched !== path && !watched.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  };

  const add = (path: string): boolean => {
    if (watchers.has(path)) return true;
    if (isClosed) return false;
    if (watchers.size >= maxDirectories) {
      isComplete = false;
      return false;
    }
    try {
      const watcher = watch(path, { persistent: false }, (kind, name) => {
        if (name === '.git') return;
        if (kind === 'rename') fresh.add(path);
        // What was ignored may not be any more.
        if (name === '.gitignore') for (const watched of watchers.keys()) fresh.add(watched);
        // It may have been removed itself, and made anew: the watch does not see the new one.
        if (kind === 'rename' && name === basename(path) && path !== tree) {
          forget(path);
          fresh.add(dirname(path));
        }
        onHint();
      });
      watcher.on('error', () => {
        forget(path);
        onHint();
      });
      watchers.set(path, watcher);
      return true;
    } catch (error) {
      if (!isGone(error)) isComplete = false;
      return false;
    }
  };

  /** The directories in these that are not ignored; one question to git for all of them. */
  const childrenOf = async (
    parents: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<string[]> => {
    const children: string[] = [];
    for (const parent of parents) {
      const entries = await readdir(parent, { withFileTypes: true, encoding: 'buffer' }).catch(
        () => undefined,
      );
      if (entries === undefined) {
        if (parent !== tree) forget(parent);
        continue;
      }
      const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
      if (names.some((name) => !isUtf8(name))) isComplete = false;
      const texts = names.filter((name) => isUtf8(name)).map((name) => name.toString('utf8'));
      forgetMissing(parent, new Set(texts));
      children.push(...texts.filter((name) => name !== '.git').map((name) => join(parent, name)));
    }
    const unknown = children.filter((child) => !watchers.has(child));
    if (unknown.length === 0) return [];
    const ignored = await ignoredOf(
      unknown.map((child) => relative(tree, child)),
      signal,
    );
    return unknown.filter((child) => !ignored.has(relative(tree, child)));
  };

  const ignoredOf = async (
    names: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlySet<string>> => {
    try {
      const { stdout } = await git.run(['check-ignore', '-z', '--stdin', '--no-index'], {
        // It takes no literal paths; behind `./` no name has a special meaning.
        environment: { GIT_LITERAL_PATHSPECS: '0' },
        input: names.map((name) => `./${name}\0`).join(''),
        accept: [0, 1],
        signal,
      });
      return new Set(splitNul(stdout).map((name) => name.toString('utf8').slice('./'.length)));
    } catch (error) {
      // The tree changed under the question: no watch is worth failing for.
      if (signal?.aborted) throw error;
      isComplete = false;
      return new Set(names);
    }
  };

  /** A directory that was removed, or replaced by one of the same name, has a watch that never fires again. */
  const forgetMissing = (parent: string, present: ReadonlySet<string>) => {
    for (const watched of watchers.keys()) {
      if (!watched.startsWith(parent + sep)) continue;
      const [name = ''] = watched.slice(parent.length + 1).split(sep);
      if (!present.has(name)) forget(join(parent, name));
    }
  };

  return {
    get isComplete() {
      return isComplete;
    },
    async extend(signal) {
      if (fresh.has(tree)) add(tree);
      while (fresh.size > 0) {
        const parents = [...fresh];
        fresh.clear();
        for (const child of await childrenOf(parents, signal)) {
          if ((await lstat(child).catch(() => undefined))?.isDirectory() && add(child)) fresh.add(child);
        }
      }
    },
    close() {
      isClosed = true;
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
};

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
