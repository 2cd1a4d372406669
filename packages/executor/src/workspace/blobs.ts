import { type Git, slowMs } from './git.ts';

/** The sizes of objects in bytes; what is not there is left out. */
export const sizesOf = async (
  git: Git,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const output = await git.text(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: wanted.map((id) => `${id}\n`).join(''),
    signal,
  });
  return new Map(
    output.split('\n').flatMap((line): [string, number][] => {
      const [id = '', size = ''] = line.split(' ');
      return /^\d+$/.test(size) ? [[id, Number(size)]] : [];
    }),
  );
};

/** Whole objects in one command; the caller has seen to it that they are small together. */
export const readBlobs = async (
  git: Git,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> => {
  const wanted = [...new Set(ids)];
  const blobs = new Map<string, Buffer>();
  if (wanted.length === 0) return blobs;
  const { stdout } = await git.run(['cat-file', '--batch'], {
    input: wanted.map((id) => `${id}\n`).join(''),
    signal,
    timeoutMs: slowMs,
  });
  for (let start = 0; start < stdout.length; ) {
    const lineEnd = stdout.indexOf('\n', start);
    const [id = '', kind = '', size = ''] = stdout.toString('latin1', start, lineEnd).split(' ');
    start = lineEnd + 1;
    if (kind === 'missing') continue;
    const end = start + Number(size);
    blobs.set(id, stdout.subarray(start, end));
    start = end + 1;
  }
  return blobs;
};

/** The beginning and the end of an object of any size, without holding what lies between. */
export const readEnds = async (
  git: Git,
  id: string,
  headBytes: number,
  tailBytes: number,
  signal?: AbortSignal,
): Promise<{ readonly head: Buffer; readonly tail: Buffer }> => {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  await git.run(['cat-file', 'blob', id], {
    signal,
    timeoutMs: slowMs,
    output: (chunk) => {
      const rest = headBytes - head.length;
      if (rest > 0) head = Buffer.concat([head, chunk.subarray(0, rest)]);
      if (chunk.length > rest)
        tail = Buffer.concat([tail, chunk.subarray(Math.max(0, rest))]).subarray(-tailBytes);
    },
  });
  return { head, tail };
};
