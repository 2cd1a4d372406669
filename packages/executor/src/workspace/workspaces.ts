import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import {
  type Clock,
  type DeliveryResult,
  type DeliveryWish,
  type FileWish,
  fieldProblem,
  type Log,
  type NamedCommit,
  type Problem,
  type ProvisionedWorkspace,
  type RepositoryRefs,
  type Run,
  silent,
  type TrackedFiles,
  throwIfAborted,
  usuallyProtected,
  type WorkspaceFiles,
  type WorkspaceLook,
} from '@agent-harbor/core';
import { type StartProgram, startDirectly } from '../process/start-program.ts';
import { createCache, MissingCommit } from './cache.ts';
import { checkTargets, deliverTo, lastLines, workIsKept } from './deliver.ts';
import { commitFor, commitTree } from './delivery-commit.ts';
import { rememberEmptyRepository } from './empty-repository.ts';
import { readFacts, type WorkspaceFacts } from './facts.ts';
import { createGit, type Git, GitError } from './git.ts';
import {
  type Author,
  draftsOf,
  emptyRepositoryBy,
  makeInAdvance,
  makeWorkspace,
  type Origin,
} from './make-workspace.ts';
import { createMutex } from './mutex.ts';
import { asProblem } from './problems.ts';
import { removeTree } from './remove-tree.ts';
import { createFindRipgrep } from './ripgrep.ts';
import { createSessionTrees, gone } from './session-trees.ts';
import {
  createKnownSources,
  type Heads,
  NotARepository,
  nameOf,
  openSource,
  readHeads,
  type Source,
  unbornBranch,
} from './source.ts';
import { missingCommit, startOf } from './start.ts';
import { createTrackedFileLists, isCommitId } from './tracked-files.ts';
import { createWorkspaceFiles } from './workspace-files.ts';
import { createWorkspaceLook } from './workspace-look.ts';
import { listsPath, poolPath, type WorkspacePaths, workspacePaths } from './workspace-paths.ts';
import { createWorkspacePool } from './workspace-pool.ts';

export interface WorkspacesOptions {
  /** The server's state directory; one process at a time works with it. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** Who makes the delivered commits. */
  readonly author?: Author | undefined;
  /** Branches nobody delivers onto beside the default one, as globs. The usual ones where nothing is said. */
  readonly protectedBranches?: readonly string[] | undefined;
  /** The environment git is started with, for the credentials of the host; `GIT_…` variables are dropped. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How many workspaces are made in advance for each source used lately; none by default. */
  readonly poolSize?: number;
  readonly log?: Log;
  /** Who starts git and ripgrep; this process itself when absent. */
  readonly start?: StartProgram | undefined;
}

/** What a task says of its delivery. */
export interface DeliveryCheck {
  /** The branches that are to get the work, and the member of the request that names them. */
  readonly branches: readonly string[];
  readonly field: string;
  /** Whether a pull request is to be opened for it. */
  readonly isRequest?: boolean | undefined;
  /** The branch a pull request is for, where one is named. */
  readonly targetBranch?: string | undefined;
}

/** The git side of an executor. Failures are `Problem`s. */
export interface GitWorkspaces {
  /**
   * Refuses a repository that cannot be read or lacks the branch or commit, or would not take the branches wished for,
   * naming field and remedy.
   */
  check(repo: RepoInput, delivery?: DeliveryCheck, signal?: AbortSignal): Promise<void>;
  /** Makes the workspace, or finds the one made before; what a crash left half made is made anew. */
  provision(run: Run, signal?: AbortSignal): Promise<ProvisionedWorkspace>;
  /** As `Executor.deliver`. */
  deliver(run: Run, wish: DeliveryWish, signal?: AbortSignal): Promise<DeliveryResult>;
  /** Drops the working tree and keeps its last state as a commit, which `files` goes on to serve. Idempotent. */
  release(sessionId: string): Promise<void>;
  /** Asks a repository what it has. */
  refs(url: string, signal?: AbortSignal): Promise<RepositoryRefs>;
  /** A part of the files git tracks in a repository. */
  trackedFiles(url: string, wish: FileWish, signal?: AbortSignal): Promise<TrackedFiles>;
  /** As `Executor.forgetRepository`. */
  forgetRepository(url: string): Promise<void>;
  readonly files: WorkspaceFiles;
  readonly look: WorkspaceLook;
  /** How many workspaces were made in advance and wait. */
  readonly waiting: number;
  /** Drops what was made in advance. */
  close(): Promise<void>;
}

const defaultAuthor: Author = { name: 'Agent Harbor', email: 'agent-harbor@localhost' };

export const createWorkspaces = (options: WorkspacesOptions): GitWorkspaces => {
  const { clock, author = defaultAuthor, protectedBranches = usuallyProtected } = options;
  const stateDir = resolve(options.stateDir);
  const start = options.start ?? startDirectly;
  const git = createGit({
    clock,
    start,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  const cache = createCache(git, stateDir, createMutex());
  const maker = { git, cache, author, makeEmptyRepository: rememberEmptyRepository(emptyRepositoryBy(git)) };
  const knownSources = createKnownSources();
  const pool = createWorkspacePool({
    size: options.poolSize ?? 0,
    folder: poolPath(stateDir),
    make: (places, wish, signal) => makeInAdvance(maker, places, wish, signal),
    clock,
    log: options.log ?? silent,
  });
  const lists = createTrackedFileLists(git, cache, listsPath(stateDir));
  const sessions = createMutex();
  const trees = createSessionTrees(git, stateDir);
  const findRipgrep = createFindRipgrep(options.environment ?? process.env);
  const look = createWorkspaceLook({ trees, mutex: sessions, stateDir, clock, findRipgrep, start });

  const commitFinal = (
    there: Git,
    tree: string,
    { baseCommit: parent }: WorkspaceFacts,
    message: string,
  ): Promise<string> => {
    const seconds = String(Math.floor(clock.now() / 1000));
    return commitTree(there, { tree, parent, message, author, seconds });
  };

  /** The source and what it has, or a problem with `repo.url`. */
  const reach = async (
    url: string,
    signal: AbortSignal | undefined,
  ): Promise<{ source: Source; heads: Heads }> => {
    try {
      const known = await knownSources.recall(url);
      if (known !== undefined) {
        const heads = await readHeads(git, known, signal).catch(() => undefined);
        throwIfAborted(signal);
        if (heads !== undefined) return { source: known, heads };
        // What is wrong is found out the long way.
      }
      const source = await openSource(git, url, signal);
      const found = { source, heads: await readHeads(git, source, signal) };
      await knownSources.remember(url, source);
      return found;
    } catch (error) {
      throw sourceProblem(error);
    }
  };

  const originOf = async (repo: RepoInput, signal: AbortSignal | undefined): Promise<Origin | null> => {
    if (repo.mode === 'none' || repo.url === undefined) return null;
    const { source, heads } = await reach(repo.url, signal);
    const unborn = heads.branches.size === 0 ? await unbornBranch(git, source, signal) : '';
    return { source, heads, start: startOf(repo, heads, unborn), isPinned: repo.commit != null };
  };

  const makeOrFind = async (run: Run, signal: AbortSignal | undefined): Promise<ProvisionedWorkspace> => {
    const paths = workspacePaths(stateDir, run.sessionId);
    if (existsSync(releasedMark(paths))) throw gone();
    const facts = isMade(paths)
      ? await readFacts(paths.facts)
      : await makeWorkspace(maker, pool, paths, await originOf(run.repo, signal), signal);
    return { path: paths.tree, baseCommit: facts.baseCommit, branch: facts.branch };
  };

  /** On a full disk what was made in advance gives way. */
  const makeOrFindWithRoom = (run: Run, signal: AbortSignal | undefined): Promise<ProvisionedWorkspace> =>
    makeOrFind(run, signal).catch(async (error: unknown) => {
      if (asProblem(error, '').code === 'storage-full' && (await pool.drop())) return makeOrFind(run, signal);
      throw error;
    });

  return {
    async check(repo, delivery, signal) {
      try {
        await pool.during(async () => {
          const origin = await originOf(repo, signal);
          if (origin === null) return;
          if (delivery !== undefined)
            await checkTargets(git, origin, { ...delivery, protectedBranches }, signal);
          if (repo.commit == null) return;
          await cache.use(origin.source, origin.heads, repo.commit, async () => {}, signal);
        });
      } catch (error) {
        throw sourceProblem(error);
      }
    },

    async provision(run, signal) {
      try {
        return await pool.during(() =>
          sessions.hold(run.sessionId, signal, () => makeOrFindWithRoom(run, signal)),
        );
      } catch (error) {
        throw error instanceof MissingCommit
          ? sourceProblem(error)
          : asProblem(error, 'The workspace cannot be made');
      }
    },

    async deliver({ repo, sessionId }, { mode, branch, isMadeUp, message, isFinal }, signal) {
      const finish = async (): Promise<DeliveryResult> => {
        if (isFinal) {
          await trees.final(
            sessionId,
            (there, tree, found) => commitFinal(there, tree, found, message),
            signal,
          );
        }
        const kept = await trees.now(sessionId, signal);
        const { tree, facts, final } = kept;
        if (tree === facts.baseTree) return nothing('The files are as they were at the start.');
        if (mode === 'patch')
          return { state: 'delivered', ...(final === undefined ? {} : { commit: final }) };
        if (branch === null || repo.url === undefined) {
          return nothing('The session works on no repository, so there is none to deliver to.');
        }
        const base = facts.baseCommit;
        const wish = { kept, base, message, author, now: clock.now() };
        const parcel = {
          gitDir: workspacePaths(stateDir, sessionId).git,
          base,
          branch,
          isOurName: isMadeUp,
          protectedBranches,
          commitOn: (name: string, tip: string | undefined) => commitFor(wish, name, tip, signal),
        };
        try {
          return await deliverTo(git, await openSource(git, repo.url, signal), parcel, signal);
        } catch (error) {
          const why = whyUnreadable(error);
          if (why === undefined) throw error;
          const reason = `The repository ${why}. ${workIsKept}`;
          return { state: 'failed', branch, reason, obstacle: 'repository' };
        }
      };
      try {
        return await sessions.hold(sessionId, signal, finish);
      } catch (error) {
        throw asProblem(error, 'The work cannot be delivered');
      }
    },

    async release(sessionId) {
      const paths = workspacePaths(stateDir, sessionId);
      try {
        await sessions.hold(sessionId, undefined, async () => {
          if (existsSync(paths.tree)) {
            // Without a last look the tree goes all the same: its files are then no longer readable.
            await trees
              .final(sessionId, (there, tree, facts) =>
                commitFinal(there, tree, facts, finalMessage(sessionId)),
              )
              .catch(() => {});
          }
          if (existsSync(paths.git)) await writeFile(releasedMark(paths), '');
          await trees.drop(sessionId);
          await look.drop(sessionId);
          const dropped = `${paths.tree}.dropped`;
          if (existsSync(paths.tree)) {
            await removeTree(dropped);
            await rename(paths.tree, dropped);
          }
          const drafts = draftsOf(paths);
          const leftovers = [
            dropped,
            drafts.git,
            drafts.tree,
            paths.serverScratch,
            paths.recorderScratch,
            paths.settledIndex,
          ];
          for (const path of leftovers) await removeTree(path);
        });
      } catch (error) {
        throw asProblem(error, 'The workspace cannot be dropped');
      }
    },

    async refs(url, signal) {
      const { heads } = await reach(url, signal);
      return { head: heads.head, branches: sorted(heads.branches), tags: sorted(heads.tags) };
    },

    async trackedFiles(url, wish, signal) {
      const { after, ref } = wish;
      // It stands in a command and in the name of a file.
      if (after !== undefined && !isCommitId(after.commit)) throw fieldProblem('cursor', foreignCursor);
      try {
        const known = (await knownSources.recall(url)) ?? (await openSource(git, url, signal));
        return await lists.page({ source: known, reach: () => reach(url, signal) }, wish, signal);
      } catch (error) {
        if (error instanceof MissingCommit) {
          throw after === undefined
            ? fieldProblem('ref', `there is no commit ${ref} that the repository gives`)
            : fieldProblem('cursor', foreignCursor);
        }
        throw sourceProblem(error);
      }
    },

    async forgetRepository(url) {
      knownSources.forget(url);
      for (const key of await cache.keysOf(nameOf(url))) {
        await pool.forgetSource(key);
        await lists.drop(key);
        await cache.drop(key);
      }
    },

    files: createWorkspaceFiles(trees, sessions, author),
    look,

    get waiting() {
      return pool.waiting;
    },

    close: () => pool.close(),
  };
};

const sorted = (named: ReadonlyMap<string, string>): readonly NamedCommit[] =>
  [...named]
    .map(([name, commit]) => ({ name, commit }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));

const foreignCursor = 'is of a commit that the repository does not give any more; begin the walk anew';

/** Says that the tree is gone on purpose, and not only not made yet. */
const releasedMark = (paths: WorkspacePaths): string => join(paths.git, 'released');

const nothing = (reason: string): DeliveryResult => ({ state: 'nothing-to-deliver', reason });

const finalMessage = (sessionId: string): string =>
  `The files of session ${sessionId} when its workspace was dropped\n`;

/** Whether the checkout got its name. That it is not there any more is then the agent's doing, or a release. */
const isMade = (paths: WorkspacePaths): boolean =>
  existsSync(paths.tree) || (existsSync(paths.facts) && !existsSync(draftsOf(paths).tree));

/** What is wrong with a repository that cannot be used; a problem with the field of the request. */
const sourceProblem = (error: unknown): Problem => {
  if (error instanceof MissingCommit) return missingCommit(error.message);
  const why = whyUnreadable(error);
  return why === undefined
    ? asProblem(error, 'The repository cannot be read')
    : fieldProblem('repo.url', why);
};

/** The end of a sentence that begins with the repository; undefined when the failure is not its own. */
const whyUnreadable = (error: unknown): string | undefined => {
  if (error instanceof NotARepository) {
    return `is not a git repository this host can read: ${error.message} (name its top directory, or run git init there)`;
  }
  const isOther = asProblem(error, '').code !== 'internal' || !(error instanceof GitError);
  if (isOther) return undefined;
  if (/dubious ownership/i.test(error.stderr)) {
    return 'belongs to another user of this host: allow it with `git config --global --add safe.directory <path>`';
  }
  const why = error.failure === 'timed-out' ? 'it did not answer in time' : lastLines(error.stderr);
  return `cannot be read: ${why}; check the url and the credentials of this host`;
};
