import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { createGit } from '../git.ts';
import { createTreeView, type TreeView, type TreeViewOptions } from '../tree-view.ts';
import { workspacePaths } from '../workspace-paths.ts';
import { type Lab, runOn, systemClock, write } from './lab.ts';

/** The session of the labs whose workspace is looked at. */
export const sessionId = 'S1';

/** A workspace of a repository, and a look at it that nobody shares. */
export const openView = async (
  lab: Lab,
  url: string,
  limits: Pick<TreeViewOptions, 'tidyBytes' | 'tidyPacks' | 'settledFiles'> = {},
): Promise<{ tree: string; view: TreeView; scratch: string }> => {
  const { path } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
  const paths = workspacePaths(lab.stateDir, sessionId);
  const scratch = paths.recorderScratch;
  const view = createTreeView({ git: createGit({ clock: systemClock }), paths, scratch, ...limits });
  return { tree: path, scratch, view };
};

/** The environment of a git that, once it has ended, runs shell commands: its arguments are `$*`. */
export const gitFollowedBy = (lab: Lab, commands: string): NodeJS.ProcessEnv => {
  const bin = join(lab.root, 'bin');
  const path = process.env.PATH ?? '';
  write(bin, { git: `#!/bin/sh\nPATH='${path}' git "$@"\nended=$?\n${commands}\nexit $ended\n` });
  chmodSync(join(bin, 'git'), 0o755);
  return { PATH: `${bin}:${path}` };
};
