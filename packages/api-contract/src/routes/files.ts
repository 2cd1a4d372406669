import { policy } from '../policy.ts';
import {
  ChangedFilePage,
  FileContent,
  FileDetail,
  FileDiff,
  FileDiffQuery,
  FileQuery,
  PatchQuery,
  SessionDiff,
  SessionDiffQuery,
} from '../schemas/index.ts';
import { fileParams, noQuery, sessionParams } from './parameters.ts';
import { bytes, c, problem } from './router.ts';

export const files = c.router({
  list: {
    method: 'GET',
    path: '/api/v1/sessions/:id/files',
    summary: 'The files a session changed against its base',
    pathParams: sessionParams,
    query: FileQuery,
    responses: { 200: ChangedFilePage, 409: problem },
    metadata: policy(),
  },
  get: {
    method: 'GET',
    path: '/api/v1/sessions/:id/files/:path',
    summary: 'One file: its change and its history',
    pathParams: fileParams,
    query: noQuery,
    responses: { 200: FileDetail, 409: problem },
    metadata: policy(),
  },
  content: {
    method: 'GET',
    path: '/api/v1/sessions/:id/files/:path/content',
    summary: 'The content of one file of the workspace',
    pathParams: fileParams,
    query: noQuery,
    responses: { 200: FileContent, 409: problem },
    metadata: policy(),
  },
  diff: {
    method: 'GET',
    path: '/api/v1/sessions/:id/diff',
    summary: 'Everything a session changed, as unified diffs, side by side or in HTML',
    pathParams: sessionParams,
    query: SessionDiffQuery,
    responses: { 200: SessionDiff, 409: problem },
    metadata: policy(),
  },
  fileDiff: {
    method: 'GET',
    path: '/api/v1/sessions/:id/diff/:path',
    summary: 'The diff of one file: unified, side by side or in HTML',
    pathParams: fileParams,
    query: FileDiffQuery,
    responses: { 200: FileDiff, 409: problem },
    metadata: policy(),
  },
  patch: {
    method: 'GET',
    path: '/api/v1/sessions/:id/patch',
    summary:
      'Everything a session changed as one patch, whole and binary files included: for git am and git apply',
    pathParams: sessionParams,
    query: PatchQuery,
    responses: { 200: bytes('text/x-patch'), 409: problem },
    metadata: policy(),
  },
});
