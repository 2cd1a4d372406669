import type { Workspaces } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';

export const createWorkspaces = ({ files, sessions, workspace }: Api): Workspaces => ({
  changedFiles: files.list,
  file: files.get,
  fileContent: files.content,
  diff: files.diff,
  fileDiff: files.fileDiff,
  patch: files.patch,
  filePreview: files.preview,
  browse: workspace.files,
  searchPaths: workspace.searchFiles,
  searchContent: files.search,
  download: workspace.download,
  openIde: workspace.openIde,
  workspaceInfo: workspace.info,
  sessionInfo: sessions.info,
});
