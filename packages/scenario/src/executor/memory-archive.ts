import { type ArchiveOptions, Problem } from '@agent-harbor/core';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { storedGzip } from './stored-gzip.ts';
import { tarOf } from './tar.ts';

/** How much of an archive is handed out at once. */
const pieceBytes = 64 * 1024;

/** The files of a workspace in memory as tar.gz. */
export const archiveIn = (
  workspace: MemoryWorkspace,
  { path, root, at }: ArchiveOptions,
): AsyncIterable<Uint8Array> => {
  const place = path?.replace(/\/$/, '') ?? '';
  const chosen = [...workspace.files]
    .filter(([name]) => place === '' || name === place || name.startsWith(`${place}/`))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (place !== '' && chosen.length === 0) {
    throw new Problem('file-not-found', { detail: `The workspace has nothing at ${JSON.stringify(path)}.` });
  }
  return pieces(storedGzip(tarOf(chosen.map(([name, bytes]) => ({ name: `${root}/${name}`, bytes, at })))));
};

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
