import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit, type Git } from './git.ts';
import { streamOf } from './git-stream.ts';
import { type Lab, openLab, systemClock, git as userGit } from './testing/lab.ts';

let lab: Lab;
let git: Git;
let id: string;
const large = Buffer.alloc(40 * 1024 * 1024, 'line\n');
beforeEach(() => {
  lab = openLab();
  const repository = lab.repository('large');
  git = createGit({ clock: systemClock }).with({ gitDir: `${repository}/.git` });
  id = execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: repository,
    input: large,
    encoding: 'utf8',
  }).trim();
  expect(userGit(repository, 'cat-file', '-s', id)).toBe(String(large.length));
});
afterEach(() => lab.close());

const frame = (done = () => {}) => ({ head: 'head\n', foot: 'foot\n', done });

/** Counts what git has printed so far, by way of the call itself. */
const counted = (): { readonly git: Git; readonly printed: () => number } => {
  let printed = 0;
  const { run } = git;
  return {
    printed: () => printed,
    git: {
      ...git,
      run: (args, call = {}) => {
        const { output } = call;
        if (typeof output !== 'function') throw new Error('it is not streamed');
        return run(args, {
          ...call,
          output(chunk) {
            printed += chunk.length;
            return output(chunk);
          },
        });
      },
    },
  };
};

test('gives every byte between head and foot, and no more than a little waits for a slow reader', async () => {
  const { git: watched, printed } = counted();
  let isDone = false;
  const stream = await streamOf(
    watched,
    ['cat-file', 'blob', id],
    {},
    frame(() => {
      isDone = true;
    }),
  );
  const pieces: Uint8Array[] = [];
  let taken = 0;
  let ahead = 0;
  for await (const piece of stream) {
    if (pieces.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    pieces.push(piece);
    taken += piece.length;
    ahead = Math.max(ahead, printed() - taken);
  }
  expect(
    Buffer.concat(pieces).equals(Buffer.concat([Buffer.from('head\n'), large, Buffer.from('foot\n')])),
  ).toBe(true);
  expect(ahead).toBeLessThan(1024 * 1024);
  expect(isDone).toBe(true);
});

test('ends the command of one who leaves, and tells a failure before the first byte', async () => {
  const ended = Promise.withResolvers<void>();
  for await (const _piece of await streamOf(git, ['cat-file', 'blob', id], {}, frame(ended.resolve))) break;
  await ended.promise;
  await expect(streamOf(git, ['cat-file', 'blob', 'nothing'], {}, frame())).rejects.toThrow(
    'cat-file failed',
  );
  await expect(
    streamOf(git, ['cat-file', 'blob', id], { signal: AbortSignal.abort() }, frame()),
  ).rejects.toThrow('aborted');
});
