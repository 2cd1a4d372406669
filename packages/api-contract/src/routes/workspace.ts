import { policy } from '../policy.ts';
import {
  DownloadQuery,
  IdeLink,
  OpenIde,
  PathMatches,
  PathQuery,
  WorkspaceInfo,
  WorkspaceListing,
  WorkspaceQuery,
} from '../schemas/index.ts';
import { idempotencyHeaders, noQuery, sessionParams } from './parameters.ts';
import { bytes, c, problem } from './router.ts';

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
  download: {
    method: 'GET',
    path: '/api/v1/sessions/:id/workspace/download',
    summary: 'The workspace or a part of it as an archive, without what git ignores',
    pathParams: sessionParams,
    query: DownloadQuery,
    responses: { 200: bytes('application/gzip'), 409: problem },
    metadata: policy(),
  },
  openIde: {
    method: 'POST',
    path: '/api/v1/sessions/:id/open/ide',
    summary: 'How an editor is opened on the workspace: a link and a command; nothing is started',
    pathParams: sessionParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: OpenIde,
    responses: { 200: IdeLink, 409: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
});
