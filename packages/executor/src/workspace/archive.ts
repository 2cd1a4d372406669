import { createGzip } from 'node:zlib';
import { type ArchiveOptions, Problem } from '@agent-harbor/core';
import { pack as createPack, type Pack } from 'tar-stream';
import { eachBlob } from './blob-stream.ts';
import { flatMapInSlices } from './in-slices.ts';
import { isLossy } from './resolve-inside.ts';
import type { Seen } from './session-trees.ts';
import { isPlain } from './stat-inside.ts';
import type { ListedEntry } from './tree-list.ts';

/**
 * The files of a tree as tar.gz, made as it is read, once. They come from git's objects and not from the disk, so they
 * are of one moment and no link leads anywhere. Leaving the loop ends it, and so does the signal.
 */
export const archiveOf = async (
  seen: Seen,
  entries: readonly ListedEntry[],
  { path, root, at, signal }: ArchiveOptions,
): Promise<AsyncIterable<Uint8Array>> => {
  const place = path?.replace(/\/$/, '') ?? '';
  const isBelow = (candidate: string): boolean =>
    place === '' || candidate === place || candidate.startsWith(`${place}/`);
  const named = nameApart();
  const chosen = await flatMapInSlices(
    entries,
    (entry) => (isBelow(entry.path) && isPlain(entry.path) ? [named(entry)] : []),
    signal,
  );
  if (place !== '' && chosen.length === 0) {
    throw new Problem('file-not-found', { detail: `The workspace has nothing at ${JSON.stringify(path)}.` });
  }
  // Held from here on: the caller may take its time.
  const release = seen.hold();
  const leaving = new AbortController();
  const until = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
  let source: AsyncIterator<Buffer> | undefined;
  const leave = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    leaving.abort();
    await source?.return?.();
    release();
    return { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        source ??= write(seen, chosen, { root, at }, until)[Symbol.asyncIterator]();
        try {
          const { done, value } = await source.next();
          return done === true ? leave() : { done: false, value };
        } catch (error) {
          await leave();
          throw error;
        }
      },
      return: leave,
    }),
  };
};

/** Names that are no UTF-8 may read alike: all but the first get a number, so that unpacking loses none. */
const nameApart = () => {
  const counts = new Map<string, number>();
  return (entry: ListedEntry): ListedEntry => {
    if (!isLossy(entry.path)) return entry;
    const count = (counts.get(entry.path) ?? 0) + 1;
    counts.set(entry.path, count);
    return count === 1 ? entry : { ...entry, path: `${entry.path}~${count}` };
  };
};

const write = (
  { git }: Seen,
  entries: readonly ListedEntry[],
  { root, at }: Pick<ArchiveOptions, 'root' | 'at'>,
  signal: AbortSignal,
): AsyncIterable<Buffer> => {
  const pack = createPack();
  const gzip = createGzip();
  const common = { mtime: new Date(at), uid: 0, gid: 0, uname: '', gname: '' };
  const stored = entries.filter(({ kind }) => kind !== 'submodule');
  const nameOf = (entry: ListedEntry | undefined): string => `${root}/${entry?.path ?? ''}`;
  let file: ReturnType<Pack['entry']> | undefined;
  let link: Buffer[] | undefined;

  const work = eachBlob(
    git,
    stored.map(({ id }) => id),
    {
      begin(place, size) {
        const entry = stored[place];
        link = entry?.kind === 'symlink' ? [] : undefined;
        if (link !== undefined) return;
        file = pack.entry({
          ...common,
          name: nameOf(entry),
          size,
          mode: entry?.isExecutable === true ? 0o755 : 0o644,
        });
        // It fails with the whole.
        file.on('error', () => {});
      },
      take(_, piece) {
        if (link !== undefined) {
          link.push(Buffer.from(piece));
          return undefined;
        }
        const target = file;
        // Git reads on when the archive has been taken.
        return target?.write(Buffer.from(piece)) === false ? drained(target, signal) : undefined;
      },
      end(place) {
        if (link === undefined) {
          file?.end();
          return;
        }
        const linkname = Buffer.concat(link).toString('utf8');
        pack.entry({ ...common, name: nameOf(stored[place]), type: 'symlink', linkname, mode: 0o777 });
      },
    },
    signal,
  ).then(
    () => pack.finalize(),
    (error: unknown) => gzip.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  void work;
  pack.on('error', (error) => gzip.destroy(error));
  // Whoever reads hears of it by reading; nobody may be reading any more.
  gzip.on('error', () => {});
  gzip.on('close', () => pack.destroy());
  pack.pipe(gzip);
  return gzip;
};

/** When more may be written, or nobody wants it any more. */
const drained = (target: ReturnType<Pack['entry']>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      target.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) return resolve();
    target.on('drain', done);
    signal.addEventListener('abort', done);
  });
