import { createGit } from '../git.ts';
import { createTreeView, type TreeView, type TreeViewOptions } from '../tree-view.ts';
import { workspacePaths } from '../workspace-paths.ts';
import { type Lab, runOn, systemClock } from './lab.ts';

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
