import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeliveryResult, fieldProblem, protectionOf } from '@agent-harbor/core';
import { hasCommit } from './cache.ts';
import { type Git, GitError, slowMs } from './git.ts';
import { type Heads, type LocalSource, type RemoteSource, readHeads, type Source } from './source.ts';
import type { Start } from './start.ts';

/** Work on its way into a source. */
export interface Parcel {
  /** Our repository, which has the commits. */
  readonly gitDir: string;
  /** The commit the work began on; null in a repository that had none: the work is then its first. */
  readonly base: string | null;
  readonly branch: string;
  /** Whether we made the name up: a taken one may then get a number. */
  readonly isOurName: boolean;
  /** Branches that are not delivered onto, beside the default one. */
  readonly protectedBranches: readonly string[];
  /**
   * The commit for a branch, which follows on what the branch has: on `tip`, or on the base where there is no such branch.
   * Undefined when the branch has commits that are not ours.
   */
  commitOn(branch: string, tip: string | undefined): Promise<string | undefined>;
}

/** One try: a branch as it was seen, and what it is to get. */
interface Attempt {
  readonly gitDir: string;
  readonly base: string | null;
  readonly branch: string;
  readonly tip: string | undefined;
  readonly commit: string;
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
  const { gitDir, base } = parcel;
  const seen = await (source.kind === 'local' ? lookInto(git, source, signal) : ask(git, source, signal));
  let reason = '';
  for (const branch of namesFor(parcel)) {
    const protection = protectionOf(branch, seen.defaultBranch, parcel.protectedBranches, 'delivery');
    if (protection !== undefined) {
      reason ||= `${protection} ${workIsKept}`;
      break;
    }
    const tip = await seen.tipOf(branch);
    const commit = await parcel.commitOn(branch, tip);
    if (commit === undefined) {
      reason ||= taken(branch, base, tip ?? '').reason;
      continue;
    }
    if (commit === tip) return { state: 'delivered', branch, commit };
    const attempt: Attempt = { gitDir, base, branch, tip, commit };
    const obstacle =
      source.kind === 'local'
        ? await putIntoRepository(git, source, attempt, signal)
        : await pushToRemote(git, source, attempt, signal);
    if (obstacle === undefined) return { state: 'delivered', branch, commit };
    reason ||= obstacle.reason;
    if (!obstacle.isTaken) break;
  }
  return { state: 'failed', branch: parcel.branch, reason, obstacle: 'target' };
};

/** What a source has before the work comes. */
interface SeenSource {
  readonly defaultBranch: string | null;
  tipOf(branch: string): Promise<string | undefined>;
}

const ask = async (git: Git, source: RemoteSource, signal: AbortSignal | undefined): Promise<SeenSource> => {
  const { head, branches } = await readHeads(git, source, signal);
  return { defaultBranch: head?.branch ?? null, tipOf: async (branch) => branches.get(branch) };
};

const lookInto = async (
  git: Git,
  { gitDir }: LocalSource,
  signal: AbortSignal | undefined,
): Promise<SeenSource> => {
  const there = git.with({ gitDir });
  const head = await there.text(['symbolic-ref', '--quiet', 'HEAD'], { accept: [1], signal });
  return {
    defaultBranch: head.startsWith(heads) ? head.slice(heads.length) : null,
    tipOf: async (branch) => (await branchTip(there, heads + branch, signal)) || undefined,
  };
};

const heads = 'refs/heads/';

function* namesFor({ branch, isOurName }: Parcel): Generator<string> {
  yield branch;
  for (let number = 2; isOurName && number <= numberLimit; number++) yield `${branch}-${number}`;
}

const refOf = ({ branch }: Attempt): string => heads + branch;
const quoted = ({ branch }: Attempt): string => JSON.stringify(branch);
const short = (commit: string): string => commit.slice(0, 10);
export const workIsKept = 'The work is kept and can be read as the diff of the session.';

const taken = (branch: string, base: string | null, current: string): Obstacle => ({
  isTaken: true,
  reason:
    `The branch ${JSON.stringify(branch)} is at ${short(current)} and has commits that this work does not have: it moved, ` +
    `or is somebody else's (the work began ${base === null ? 'without any commit' : `at ${short(base)}`}). It was left as it is. Deliver to a name that is free ` +
    `(--branch <name>), and bring the two together there. ${workIsKept}`,
});

const obstacle = (reason: string): Obstacle => ({ isTaken: false, reason: `${reason} ${workIsKept}` });

/**
 * Into a repository of this host: objects first, then the branch, in one step that only succeeds while the branch is
 * as it was seen. No transport, hook or maintenance runs there; working trees, indexes and other refs are not touched.
 */
const putIntoRepository = async (
  git: Git,
  source: LocalSource,
  parcel: Attempt,
  signal: AbortSignal | undefined,
): Promise<Obstacle | undefined> => {
  const there = git.with({ gitDir: source.gitDir });
  const ref = refOf(parcel);
  const current = parcel.tip ?? '';
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
    return verified(parcel, await branchTip(there, ref, signal));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const now = await branchTip(there, ref, signal);
    if (now !== current && now !== '') return taken(parcel.branch, parcel.base, now);
    return obstacle(`The branch ${quoted(parcel)} could not be made: ${lastLines(error.stderr)}.`);
  }
};

/** What a source says it took is looked at once more. */
const verified = (attempt: Attempt, now: string | undefined): Obstacle | undefined =>
  now === attempt.commit
    ? undefined
    : obstacle(
        `The repository said that it took the branch ${quoted(attempt)}, but has ${now ? short(now) : 'no such branch'} ` +
          `there and not ${short(attempt.commit)}. Deliver again, or to another name (--branch <name>).`,
      );

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
  parcel: Attempt,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (await hasCommit(git, gitDir, parcel.commit, signal)) return;
  const { base } = parcel;
  const hasBase = base !== null && (await hasCommit(git, gitDir, base, signal));
  const path = join(parcel.gitDir, 'delivery.pack');
  const pack = await open(path, 'w+', 0o600);
  try {
    await git.run(['pack-objects', '--revs', '--stdout', '--quiet'], {
      gitDir: parcel.gitDir,
      input: `${parcel.commit}\n${hasBase ? `^${base}\n` : ''}`,
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

/**
 * The commit follows on what the branch has, so nothing is overwritten; the lease also lets the push succeed only while the
 * branch is as it was seen, or not there. One branch is put there whole or not at all.
 */
const pushToRemote = async (
  git: Git,
  source: RemoteSource,
  parcel: Attempt,
  signal: AbortSignal | undefined,
): Promise<Obstacle | undefined> => {
  const ref = refOf(parcel);
  const current = parcel.tip;
  const tip = async () => (await readHeads(git, source, signal)).branches.get(parcel.branch);
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
        `${parcel.commit}:${ref}`,
      ],
      { ...source.call, gitDir: parcel.gitDir, timeoutMs: slowMs, signal },
    );
    return verified(parcel, await tip());
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The answer may have been lost on the way, or somebody else was faster.
    const now = await tip().catch(() => current);
    if (now === parcel.commit) return undefined;
    if (now !== undefined && now !== current) return taken(parcel.branch, parcel.base, now);
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

/** What of a source says whether it would take branches. */
interface Asked {
  readonly source: Source;
  readonly heads: Heads;
  readonly start: Start;
}

interface Targets {
  readonly branches: readonly string[];
  readonly field: string;
  readonly isRequest?: boolean | undefined;
  readonly targetBranch?: string | undefined;
  readonly protectedBranches: readonly string[];
}

/** Refuses what could not be delivered when the work is done, as far as that is known before it begins. */
export const checkTargets = async (
  git: Git,
  { source, heads: there, start }: Asked,
  { branches, field, isRequest, targetBranch, protectedBranches }: Targets,
  signal?: AbortSignal,
): Promise<void> => {
  if (isRequest === true && there.branches.size === 0) {
    throw fieldProblem(
      'delivery.mode',
      'cannot be pr: the repository has no branch yet that a pull request could be for. Have the work delivered as its ' +
        'first branch (--delivery branch), or make a first commit there',
    );
  }
  if (targetBranch !== undefined && !there.branches.has(targetBranch)) {
    throw fieldProblem(
      'delivery.targetBranch',
      `there is no branch ${JSON.stringify(targetBranch)} in the repository that a pull request could be for`,
    );
  }
  for (const branch of branches) {
    const protection = protectionOf(branch, there.head?.branch ?? null, protectedBranches, 'task');
    if (protection !== undefined) throw fieldProblem(field, protection);
    const tip = there.branches.get(branch);
    if (tip === undefined) continue;
    if (tip !== start.commit) {
      throw fieldProblem(
        field,
        `the branch ${JSON.stringify(branch)} is there already, at ${short(tip)}, and the work would begin at ` +
          `${start.commit === null ? 'nothing' : short(start.commit)}; it is not overwritten. Name one that is free, or leave it out`,
      );
    }
    if (source.kind === 'remote') continue;
    const workingTree = await checkedOutAt(git.with({ gitDir: source.gitDir }), heads + branch, signal);
    if (workingTree !== undefined) {
      throw fieldProblem(
        field,
        `the branch ${JSON.stringify(branch)} is checked out in ${workingTree}, and moving it would put that out of step. ` +
          'Name another one, or switch to another branch there',
      );
    }
  }
};
