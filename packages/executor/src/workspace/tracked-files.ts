import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFile } from '@agent-harbor/api-contract/schemas';
import { type FileWish, fieldProblem, type TrackedFiles, throwIfAborted } from '@agent-harbor/core';
import type { Cache } from './cache.ts';
import type { Git } from './git.ts';
import type { Heads, Source } from './source.ts';

/**
 * The files git tracks in a commit. git writes their list into a file once, as it gives no part of it; a page is read from
 * there at its place. So no page costs more than another, a slow reader holds nothing up, and a list that was dropped
 * meanwhile is written again the same, for a commit does not change.
 */
export interface TrackedFileLists {
  page(at: Reached | Known, wish: FileWish, signal?: AbortSignal): Promise<TrackedFiles>;
  /** Removes the lists of a source. */
  drop(key: string): Promise<void>;
}

/** A source that was just asked what it has. */
interface Reached {
  readonly source: Source;
  readonly heads: Heads;
}

/** A source that was asked before: what is looked for may be here already. */
interface Known {
  readonly source: Source;
  /** Asks it now. */
  readonly reach: () => Promise<Reached>;
}

/** How much of a list one page looks through for what fits a filter. */
const scannedBytes = 8 * 1024 * 1024;
const chunkBytes = 128 * 1024;
/** A path git tracks may be long; an entry that does not end within this is none. */
const entryBytes = 1024 * 1024;

export const createTrackedFileLists = (
  git: Git,
  cache: Cache,
  directory: string,
  keptLists = 64,
): TrackedFileLists => {
  let drafts = 0;

  const find = async (key: string, commit: string): Promise<List | undefined> => {
    const beginning = `${key}-${commit}-`;
    const names = await readdir(directory).catch(() => []);
    const name = names.find((each) => each.startsWith(beginning) && /-\d+$/.test(each));
    return name === undefined
      ? undefined
      : { path: join(directory, name), total: Number(name.slice(beginning.length)) };
  };

  const write = async (
    { source, heads }: Reached,
    wanted: string,
    signal: AbortSignal | undefined,
  ): Promise<{ commit: string; list: List }> =>
    cache.use(
      source,
      heads,
      wanted,
      async ({ gitDir }) => {
        // What a tag stands for; of a commit itself.
        const commit = await git.text(['rev-parse', '--verify', '--quiet', `${wanted}^{commit}`], {
          gitDir,
          signal,
        });
        const known = await find(source.key, commit);
        if (known !== undefined) return { commit, list: known };
        await mkdir(directory, { recursive: true, mode: 0o700 });
        drafts += 1;
        const draft = join(directory, `.${process.pid}-${drafts}`);
        try {
          const total = await listInto(git, gitDir, commit, draft, signal);
          const path = join(directory, `${source.key}-${commit}-${total}`);
          await rename(draft, path);
          await dropOldest(directory, keptLists);
          return { commit, list: { path, total } };
        } finally {
          await rm(draft, { force: true });
        }
      },
      signal,
    );

  return {
    async drop(key) {
      const names = await readdir(directory).catch(() => []);
      const dropped = names.filter((each) => each.startsWith(`${key}-`));
      for (const name of dropped) await rm(join(directory, name), { force: true });
    },
    async page(at, wish, signal) {
      const { after } = wish;
      if (after !== undefined) {
        const list =
          (await find(at.source.key, after.commit)) ??
          (await write('heads' in at ? at : await at.reach(), after.commit, signal)).list;
        return readPage(list, after.commit, after.offset, wish, signal);
      }
      const reached = 'heads' in at ? at : await at.reach();
      const wanted = objectOf(reached.heads, wish.ref);
      if (wanted === null) return { commit: null, items: [], next: null, total: 0 };
      const known = await find(reached.source.key, wanted);
      const { commit, list } =
        known === undefined ? await write(reached, wanted, signal) : { commit: wanted, list: known };
      return readPage(list, commit, 0, wish, signal);
    },
  };
};

/** A list on the disk. */
interface List {
  readonly path: string;
  readonly total: number;
}

/** What a ref is, as the source says. */
const objectOf = ({ head, branches, tags }: Heads, ref: string | undefined): string | null => {
  if (ref === undefined) return head?.commit ?? null;
  const found = branches.get(ref) ?? tags.get(ref) ?? (isCommitId(ref) ? ref : undefined);
  if (found !== undefined) return found;
  throw fieldProblem(
    'ref',
    `the repository has no branch or tag ${JSON.stringify(ref)}, and it is no whole commit id`,
  );
};

/** Whether this can only be the id of an object, so that it may stand in a command. */
export const isCommitId = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** Writes the list, and gives how many entries it has. */
const listInto = async (
  git: Git,
  gitDir: string,
  commit: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number> => {
  const file = await open(path, 'wx+', 0o600);
  try {
    await git.run(['ls-tree', '-r', '-z', '--full-tree', commit], {
      gitDir,
      output: { descriptor: file.fd },
      signal,
    });
    let total = 0;
    for (let place = 0; ; ) {
      const chunk = await readAt(file, place);
      if (chunk.length === 0) return total;
      place += chunk.length;
      for (let found = chunk.indexOf(0); found !== -1; found = chunk.indexOf(0, found + 1)) total += 1;
    }
  } finally {
    await file.close();
  }
};

const readAt = async (file: FileHandle, place: number) => {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, place);
  return buffer.subarray(0, bytesRead);
};

/** The entries from a place on that fit, until there are enough or enough was looked through. */
const readPage = async (
  { path: listPath, total }: List,
  commit: string,
  start: number,
  wish: FileWish,
  signal: AbortSignal | undefined,
): Promise<TrackedFiles> => {
  const fits = filterOf(wish);
  const items: RepositoryFile[] = [];
  const file = await open(listPath, 'r');
  try {
    let place = start;
    let rest: Buffer = Buffer.alloc(0);
    let isAtEnd = false;
    while (!isAtEnd && items.length < wish.limit && place - start < scannedBytes) {
      throwIfAborted(signal);
      const chunk = await readAt(file, place + rest.length);
      isAtEnd = chunk.length === 0;
      const read = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let used = 0;
      while (items.length < wish.limit) {
        const end = read.indexOf(0, used);
        if (end === -1) break;
        const entry = entryOf(read.toString('utf8', used, end));
        used = end + 1;
        if (fits(entry.path)) items.push(entry);
      }
      place += used;
      rest = read.subarray(used);
      // Only a place that nobody gave leads to what is no entry.
      if ((isAtEnd && rest.length > 0 && items.length < wish.limit) || rest.length > entryBytes) {
        throw noPlace();
      }
    }
    const { size } = await file.stat();
    return {
      commit,
      items,
      next: place < size ? place : null,
      total: wish.path === undefined && wish.q === undefined ? total : null,
    };
  } finally {
    await file.close();
  }
};

const filterOf = ({ path, q }: FileWish): ((candidate: string) => boolean) => {
  const below = path?.replace(/\/+$/, '');
  const wanted = q?.toLowerCase();
  return (candidate) =>
    (below === undefined || candidate === below || candidate.startsWith(`${below}/`)) &&
    (wanted === undefined || candidate.toLowerCase().includes(wanted));
};

/** `<mode> <type> <object>\t<path>`. */
const entryOf = (text: string): RepositoryFile => {
  const [, mode = '', path] = /^(1[0-7]{5}) [a-z]+ [0-9a-f]{40,64}\t(.+)$/s.exec(text) ?? [];
  if (path === undefined) throw noPlace();
  return { path, type: types[mode] ?? 'file' };
};

const types: Readonly<Record<string, RepositoryFile['type']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

const noPlace = () =>
  fieldProblem('cursor', 'is not a cursor of this list; take nextCursor of the page before');

/** Keeps the lists that were written last. */
const dropOldest = async (directory: string, keptLists: number): Promise<void> => {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  if (names.length <= keptLists) return;
  const dated = await Promise.all(
    names.map(async (name) => ({
      name,
      at: await stat(join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  dated.sort((left, right) => right.at - left.at);
  for (const { name } of dated.slice(keptLists)) await rm(join(directory, name), { force: true });
};
