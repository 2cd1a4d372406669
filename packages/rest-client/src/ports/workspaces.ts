import type { Workspaces } from '@agent-harbor/core';
import type { Caller } from '../call.ts';

export const createWorkspaces = (call: Caller): Workspaces => ({
  changedFiles: async (id, query, options) =>
    (await call('files.list', { params: { id }, query, options })).body,
  file: async (id, path, options) => (await call('files.get', { params: { id, path }, options })).body,
  fileContent: async (id, path, options) =>
    (await call('files.content', { params: { id, path }, options })).body,
  diff: async (id, query, options) => (await call('files.diff', { params: { id }, query, options })).body,
  fileDiff: async (id, path, query, options) =>
    (await call('files.fileDiff', { params: { id, path }, query, options })).body,
});
