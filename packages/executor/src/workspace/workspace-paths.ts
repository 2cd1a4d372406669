import { join } from 'node:path';

/** Where things of one session lie. */
export interface WorkspacePaths {
  /** The agent's own checkout, with its own `.git` that we never read. */
  readonly tree: string;
  /** Our repository of the session: its base, its final commit. Kept when the tree is dropped. */
  readonly git: string;
  /** The index as the checkout left it: where every look begins. */
  readonly index: string;
  /** The same as a look has settled it (`base-index.ts`). Can be thrown away at any time. */
  readonly settledIndex: string;
  /** What is known about the workspace. */
  readonly facts: string;
  /** Index and objects of looks at the tree, by the server and by the recorder. Can be thrown away at any time. */
  readonly serverScratch: string;
  readonly recorderScratch: string;
}

/** The tree the session started from, and the commit with its result. Neither is a branch. */
export const baseRef = 'refs/agent-harbor/base';
export const finalRef = 'refs/agent-harbor/final';
/** Below it the commit that was last made for each branch. */
export const deliveredRef = 'refs/agent-harbor/delivered';

export const workspacePaths = (stateDir: string, sessionId: string): WorkspacePaths => {
  // Ids are ours, but they come back over the wire: one that could name another directory stops here.
  if (!/^[A-Za-z0-9][\w-]{0,127}$/.test(sessionId)) {
    throw new RangeError(`${JSON.stringify(sessionId)} is not the id of a session.`);
  }
  const root = join(stateDir, 'sessions', sessionId);
  const git = join(root, 'git');
  return {
    tree: join(root, 'workspace'),
    git,
    index: join(git, 'index'),
    settledIndex: join(git, 'index.settled'),
    facts: join(git, 'agent-harbor.json'),
    serverScratch: join(root, 'look'),
    recorderScratch: join(root, 'watch'),
  };
};

export const cachePath = (stateDir: string, key: string): string => join(stateDir, 'cache', `${key}.git`);

/** Where workspaces lie that were made in advance. */
export const poolPath = (stateDir: string): string => join(stateDir, 'ready');

/** Where the lists of tracked files lie. They can be thrown away at any time. */
export const listsPath = (stateDir: string): string => join(stateDir, 'cache', 'lists');
