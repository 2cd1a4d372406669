import { policy } from '../policy.ts';
import { PathMatches, PathQuery, WorkspaceInfo, WorkspaceListing, WorkspaceQuery } from '../schemas/index.ts';
import { noQuery, sessionParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const workspace = c.router({
  files: {
    method: 'GET',
    path: '/api/v1/sessions/:id/workspace/files',
    summary: 'A directory of the workspace, without what git ignores',
    pathParams: sessionParams,
    query: WorkspaceQuery,
    responses: { 200: WorkspaceListing, 409: problem },
    metadata: policy(),
  },
  info: {
    method: 'GET',
    path: '/api/v1/sessions/:id/workspace/info',
    summary: 'The workspace in numbers, and where it lies',
    pathParams: sessionParams,
    query: noQuery,
    responses: { 200: WorkspaceInfo, 409: problem },
    metadata: policy(),
  },
  searchFiles: {
    method: 'GET',
    path: '/api/v1/sessions/:id/workspace/search/files',
    summary: 'Paths of the workspace that fit a few letters, the best first',
    pathParams: sessionParams,
    query: PathQuery,
    responses: { 200: PathMatches, 409: problem },
    metadata: policy(),
  },
});
