import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryResult } from '@agent-harbor/core';
import { hasCommit } from './cache.ts';
import { type Git, GitError, slowMs } from './git.ts';
import { type LocalSource, type RemoteSource, readHeads, type Source } from './source.ts';
import { finalRef } from './workspace-paths.ts';

/** A commit on its way into a source. */
export interface Parcel {
  /** Our repository, which has the commit under `finalRef`. */
  readonly gitDir: string;
  readonly commit: string;
  readonly base: string;
  readonly branch: string;
  /** Whether we made the name up: a taken one may then get a number. */
  readonly isOurName: boolean;
}

/** What stands in the way of a name. */
interface Obstacle {
  readonly isTaken: boolean;
  readonly reason: string;
}

/** How many numbers are tried behind a name of ours. */
const numberLimit = 50;

/** Puts the commit under a branch of the source. Nothing there is overwritten or forced; repeating it is safe. */
export const deliverTo = async (
  git: Git,
  source: Source,
  parcel: Parcel,
  signal?: AbortSignal,
): Promise<DeliveryResult> => {
  let reason = '';
  for (const branch of namesFor(parcel)) {
    const attempt = { ...parcel, branch };
    const obstacle =
      source.kind === 'local'
        ? await putIntoRepository(git, source, attempt, signal)
        : await pushToRemote(git, source, attempt, signal);
    if (obstacle === undefined) return { state: 'delivered', branch, commit: parcel.commit };
    reason ||= obstacle.reason;
    if (!obstacle.isTaken) break;
  }
  return { state: 'failed', branch: parcel.branch, commit: parcel.commit, reason };
};

function* namesFor({ branch, isOurName }: Parcel): Generator<string> {
  yield branch;
  for (let number = 2; isOurName && number <= numberLimit; number++) yield `${branch}-${number}`;
}

const refOf = ({ branch }: Parcel): string => `refs/heads/${branch}`;
const quoted = ({ branch }: Parcel): string => JSON.stringify(branch);
const short = (commit: string): string => commit.slice(0, 10);
export const workIsKept = 'The work is kept and can be read as the diff of the session.';

const taken = (parcel: Parcel, current: string): Obstacle => ({
  isTaken: true,
  reason:
    `The branch ${quoted(parcel)} already exists at ${short(current)}, which is not where this work began ` +
    `(${short(parcel.base)}); it was left as it is. Deliver to a name that is free, or rename that branch. ${workIsKept}`,
});

const obstacle = (reason: string): Obstacle => ({ isTaken: false, reason: `${reason} ${workIsKept}` });

/**
 * Into a repository of this host: objects first, then the branch, in one step that only succeeds while the branch is
 * as it was seen. No transport, hook or maintenance runs there; working trees, indexes and other refs are not touched.
 */
const putIntoRepository = async (
  git: Git,
  source: LocalSource,
  parcel: Parcel,
  signal: AbortSignal | undefined,
): Promise<Obstacle | undefined> => {
  const there = git.with({ gitDir: source.gitDir });
  const ref = refOf(parcel);
  const current = await branchTip(there, ref, signal);
  if (current === parcel.commit) return undefined;
  if (current !== '' && current !== parcel.base) return taken(parcel, current);
  const workingTree = await checkedOutAt(there, ref, signal);
  if (workingTree !== undefined) {
    return obstacle(
      `The branch ${quoted(parcel)} is checked out in ${workingTree}; moving it would put that working tree out of ` +
        'step. Deliver to another name, or switch to another branch there.',
    );
  }
  try {
    await sendObjects(git, there, source, parcel, signal);
    const expected = current === '' ? '0'.repeat(parcel.commit.length) : current;
    await there.run(['update-ref', '--no-deref', ref, parcel.commit, expected], { signal });
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const now = await branchTip(there, ref, signal);
    if (now !== current && now !== '') return taken(parcel, now);
    return obstacle(`The branch ${quoted(parcel)} could not be made: ${lastLines(error.stderr)}.`);
  }
};

const branchTip = (there: Git, ref: string, signal: AbortSignal | undefined): Promise<string> =>
  there.text(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], { accept: [1], signal });

/** The working tree that stands on a branch, also on one that has no commit yet. */
const checkedOutAt = async (
  there: Git,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> => {
  let path = '';
  for (const line of (await there.text(['worktree', 'list', '--porcelain'], { signal })).split('\n')) {
    if (line.startsWith('worktree ')) path = line.slice('worktree '.length);
    if (line === `branch ${ref}`) return path;
  }
  return undefined;
};

/** Below this many objects they are written one by one, as a fetch would do. */
const packFrom = 100;

const sendObjects = async (
  git: Git,
  there: Git,
  { gitDir }: LocalSource,
  parcel: Parcel,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (await hasCommit(git, gitDir, parcel.commit, signal)) return;
  const hasBase = await hasCommit(git, gitDir, parcel.base, signal);
  const path = join(parcel.gitDir, 'delivery.pack');
  const pack = await open(path, 'w+', 0o600);
  try {
    await git.run(['pack-objects', '--revs', '--stdout', '--quiet'], {
      gitDir: parcel.gitDir,
      input: `${parcel.commit}\n${hasBase ? `^${parcel.base}\n` : ''}`,
      output: { descriptor: pack.fd },
      timeoutMs: slowMs,
      signal,
    });
    const { buffer } = await pack.read(Buffer.alloc(12), 0, 12, 0);
    const command = buffer.readUInt32BE(8) < packFrom ? ['unpack-objects', '-q'] : ['index-pack', '--stdin'];
    // A descriptor of its own: what is read begins at the start of the file.
    const input = await open(path, 'r');
    try {
      await there.run(command, { input: { descriptor: input.fd }, timeoutMs: slowMs, signal });
    } finally {
      await input.close();
    }
  } finally {
    await pack.close();
    await rm(path, { force: true });
  }
};

/** The lease lets the push succeed only while the branch is as it was seen, or not there; it never overwrites. */
const pushToRemote = async (
  git: Git,
  source: RemoteSource,
  parcel: Parcel,
  signal: AbortSignal | undefined,
): Promise<Obstacle | undefined> => {
  const ref = refOf(parcel);
  const tip = async () => (await readHeads(git, source, signal)).branches.get(parcel.branch);
  const current = await tip();
  if (current === parcel.commit) return undefined;
  if (current !== undefined && current !== parcel.base) return taken(parcel, current);
  try {
    await git.run(
      [
        'push',
        '--no-verify',
        '--no-follow-tags',
        '--no-signed',
        '--no-recurse-submodules',
        '--no-progress',
        `--force-with-lease=${ref}:${current ?? ''}`,
        '--',
        source.operand,
        `${finalRef}:${ref}`,
      ],
      { ...source.call, gitDir: parcel.gitDir, timeoutMs: slowMs, signal },
    );
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The answer may have been lost on the way, or somebody else was faster.
    const now = await tip().catch(() => current);
    if (now === parcel.commit) return undefined;
    if (now !== undefined && now !== current) return taken(parcel, now);
    return obstacle(`The repository did not take the branch ${quoted(parcel)}: ${lastLines(error.stderr)}.`);
  }
};

const isRefusal = (error: unknown): error is GitError =>
  error instanceof GitError && (error.failure === 'failed' || error.failure === 'timed-out');

/** What git said last is what went wrong. */
export const lastLines = (stderr: string): string => {
  const lines = stderr.split('\n').map((line) => line.replace(/^(?:fatal|error|hint|remote): */i, '').trim());
  const said = lines
    .filter((line) => line !== '')
    .slice(-3)
    .join('; ');
  return (said === '' ? 'git gave no reason' : said).slice(0, 400).replace(/\.$/, '');
};
