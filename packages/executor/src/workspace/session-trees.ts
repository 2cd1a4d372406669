import { existsSync } from 'node:fs';
import { Problem } from '@agent-harbor/core/problem';
import { readFacts, type WorkspaceFacts } from './facts.ts';
import type { Git } from './git.ts';
import { createTreeView, type TreeView } from './tree-view.ts';
import { finalRef, type WorkspacePaths, workspacePaths } from './workspace-paths.ts';

/** A session's files at one moment. */
export interface Seen {
  readonly git: Git;
  readonly base: string;
  readonly tree: string;
  /** The directory they lie in; undefined when only the final commit is left. */
  readonly directory: string | undefined;
  /** The same as long as nothing was seen to change. */
  readonly version: string;
  /** Keeps what was seen readable beyond the session's lock, until what it gives is called. */
  hold(): () => void;
}

/** The trees of sessions: of their files as they are, or as they were when the workspace was dropped. */
export interface SessionTrees {
  /** A new look at the files. The caller holds the session's lock until it is done with the result. */
  look(sessionId: string, signal?: AbortSignal): Promise<Seen>;
  /** The commit with the session's result: made of the files once, then always the same. Null without a change. */
  final(sessionId: string, make: MakeCommit, signal?: AbortSignal): Promise<Final>;
  /**
   * The files as they are now, kept for good in the session's repository; those of the final commit where there is one.
   * The caller holds the session's lock.
   */
  now(sessionId: string, signal?: AbortSignal): Promise<Kept>;
  /** Forgets what was kept for looks. */
  drop(sessionId: string): Promise<void>;
}

type MakeCommit = (git: Git, tree: string, facts: WorkspaceFacts) => Promise<string>;

/** A tree in the session's repository. */
export interface Kept {
  readonly git: Git;
  readonly tree: string;
  readonly facts: WorkspaceFacts;
  /** The final commit with it; undefined while there is none. */
  readonly final: string | undefined;
}

interface Final {
  readonly commit: string;
  readonly facts: WorkspaceFacts;
  /** Whether it differs from the base. */
  readonly hasChanges: boolean;
}

export const createSessionTrees = (git: Git, stateDir: string): SessionTrees => {
  const views = new Map<string, TreeView>();
  const viewOf = (sessionId: string, { paths, facts }: Opened): TreeView => {
    const view =
      views.get(sessionId) ??
      createTreeView({ git, paths, scratch: paths.serverScratch, base: facts.baseTree });
    views.set(sessionId, view);
    return view;
  };

  return {
    async look(sessionId, signal) {
      const opened = await open(stateDir, sessionId);
      const { paths, facts } = opened;
      if (existsSync(paths.tree)) {
        const view = viewOf(sessionId, opened);
        const tree = await view.snapshot({ signal });
        await view.tidy(tree);
        return {
          git: view.git,
          base: facts.baseTree,
          tree,
          directory: paths.tree,
          version: `${view.version}`,
          hold: view.hold,
        };
      }
      const kept = git.with({ gitDir: paths.git });
      const tree = await finalObject(kept, '^{tree}', signal);
      if (tree === '') throw gone();
      // Nothing of the session's own repository is ever forgotten.
      return {
        git: kept,
        base: facts.baseTree,
        tree,
        directory: undefined,
        version: 'final',
        hold: () => () => {},
      };
    },

    async final(sessionId, make, signal) {
      const opened = await open(stateDir, sessionId);
      const { paths, facts } = opened;
      const kept = git.with({ gitDir: paths.git });
      let commit = await finalObject(kept, '', signal);
      if (commit === '') {
        if (!existsSync(paths.tree)) throw gone();
        const view = viewOf(sessionId, opened);
        const tree = await view.snapshot({ fresh: true, signal });
        if (tree !== facts.baseTree) await view.keep(tree, signal);
        commit = await make(kept, tree, facts);
        await kept.run(['update-ref', finalRef, commit], { signal });
      }
      const tree = await finalObject(kept, '^{tree}', signal);
      return { commit, facts, hasChanges: tree !== facts.baseTree };
    },

    async now(sessionId, signal) {
      const opened = await open(stateDir, sessionId);
      const { paths, facts } = opened;
      const kept = git.with({ gitDir: paths.git });
      const final = await finalObject(kept, '', signal);
      if (final !== '') return { git: kept, tree: await finalObject(kept, '^{tree}', signal), facts, final };
      if (!existsSync(paths.tree)) throw gone();
      const view = viewOf(sessionId, opened);
      const tree = await view.snapshot({ fresh: true, signal });
      if (tree !== facts.baseTree) await view.keep(tree, signal);
      return { git: kept, tree, facts, final: undefined };
    },

    async drop(sessionId) {
      await views.get(sessionId)?.drop();
      views.delete(sessionId);
    },
  };
};

interface Opened {
  readonly paths: WorkspacePaths;
  readonly facts: WorkspaceFacts;
}

const open = async (stateDir: string, sessionId: string): Promise<Opened> => {
  const paths = workspacePaths(stateDir, sessionId);
  if (!existsSync(paths.facts)) throw gone();
  return { paths, facts: await readFacts(paths.facts) };
};

const finalObject = (git: Git, suffix: string, signal: AbortSignal | undefined): Promise<string> =>
  git.text(['rev-parse', '--verify', '--quiet', `${finalRef}${suffix}`], { accept: [1], signal });

export const gone = (): Problem =>
  new Problem('workspace-gone', {
    detail: 'The session has no workspace: it is not made yet, or was dropped.',
  });
