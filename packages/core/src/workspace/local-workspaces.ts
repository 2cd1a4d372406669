import {
  type ChangedFile,
  FileDiffQuery,
  FileQuery,
  PatchQuery,
  SessionDiffQuery,
  SessionEvent,
} from '@agent-harbor/api-contract/schemas';
import { lastMessageOf } from '../delivery/last-message.ts';
import { wordsOf } from '../delivery/message.ts';
import type { Executor } from '../executor/executor.ts';
import { diffLimits } from '../executor/workspace-files.ts';
import type { LocalWorkspaces } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import { decodeCursor, offsetOf, pageFrom } from '../page.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import { inForm } from './diff-form.ts';
import { compileGlob } from './glob.ts';
import { createLooking } from './looking.ts';
import { mimeTypeOf } from './mime.ts';

export interface WorkspaceParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly idempotency: Idempotency;
}

/** How many edits of one file its history shows. */
const historyLimit = 200;

export const createWorkspaces = (
  { store, sessions, executor, idempotency }: WorkspaceParts,
  scope: Scope,
): LocalWorkspaces => {
  /** The session, once it is known to have a workspace. */
  const withWorkspace = async (
    sessionId: string,
    signal: AbortSignal | undefined,
  ): Promise<SessionRecord> => {
    throwIfAborted(signal);
    const { record } = await sessions.get(sessionId, scope);
    if (record.workspace.state === 'pending') {
      throw new Problem('workspace-gone', {
        detail: isTerminal(record.status)
          ? `The session is ${record.status}; it ended before it had a workspace.`
          : `The session is ${record.status}; its workspace is not made yet.`,
      });
    }
    return record;
  };
  const changed = async (
    sessionId: string,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<ChangedFile> => {
    const file = (await executor.files.changes(sessionId, signal)).find(
      (candidate) => candidate.path === path,
    );
    if (file === undefined) throw unknownFile(path);
    return file;
  };

  return {
    ...createLooking({ store, sessions, executor, idempotency, withWorkspace }, scope),

    async changedFiles(sessionId, query = {}, options) {
      const { status, path, ...request } = parse(FileQuery, query);
      await withWorkspace(sessionId, options?.signal);
      const all = await executor.files.changes(sessionId, options?.signal);
      const fits = path === undefined ? () => true : compileGlob(path);
      const matching = all.filter((file) => (status?.includes(file.status) ?? true) && fits(file.path));
      const offset = offsetOf(request);
      const after = request.cursor === undefined ? undefined : decodeCursor('files', 1, request.cursor)[0];
      const rest =
        after === undefined ? matching.slice(offset) : matching.filter((file) => file.path > String(after));
      return pageFrom('files', request, rest.slice(0, request.perPage + 1), matching.length, (file) => [
        file.path,
      ]);
    },

    async file(sessionId, path, options) {
      await withWorkspace(sessionId, options?.signal);
      const file = await changed(sessionId, path, options?.signal);
      const edits = await store.events({
        scope,
        sessionId,
        types: ['file_edit'],
        // The newest of a long session count.
        order: 'desc',
        limit: 10_000,
        maxBytes: 16 * 1024 * 1024,
      });
      const history = edits.flatMap(({ json }) => {
        const event = parse(SessionEvent, JSON.parse(json), 'event');
        return event.type === 'file_edit' && event.file_path === path
          ? [{ timestamp: event.ts, event_type: event.type, description: event.description }]
          : [];
      });
      return {
        ...file,
        encoding: file.change_type === 'binary' ? 'binary' : 'utf-8',
        mime_type: mimeTypeOf(path, file.change_type === 'binary'),
        history: history.slice(0, historyLimit).reverse(),
      };
    },

    async fileContent(sessionId, path, options) {
      await withWorkspace(sessionId, options?.signal);
      return executor.files.content(sessionId, path, options?.signal);
    },

    async diff(sessionId, query = {}, options) {
      const { files, context, full, format } = parse(SessionDiffQuery, query);
      await withWorkspace(sessionId, options?.signal);
      const diffs = await executor.files.diff(sessionId, {
        ...(files === undefined ? {} : { paths: files.split(',') }),
        context,
        full: full === 'true',
        signal: options?.signal,
      });
      const shown = diffs.slice(0, diffLimits.files).map((file) => inForm(file, format));
      return {
        files: shown,
        total_lines_added: diffs.reduce((sum, file) => sum + file.lines_added, 0),
        total_lines_removed: diffs.reduce((sum, file) => sum + file.lines_removed, 0),
        total_files: diffs.length,
        truncated: shown.length < diffs.length || shown.some(({ truncated }) => truncated),
      };
    },

    async fileDiff(sessionId, path, query = {}, options) {
      const { context, full, format } = parse(FileDiffQuery, query);
      await withWorkspace(sessionId, options?.signal);
      const [diff] = await executor.files.diff(sessionId, {
        paths: [path],
        context,
        full: full === 'true',
        signal: options?.signal,
      });
      if (diff === undefined) throw unknownFile(path);
      return inForm(diff, format);
    },

    async patch(sessionId, query = {}, options) {
      const { files } = parse(PatchQuery, query);
      const record = await withWorkspace(sessionId, options?.signal);
      return executor.files.patch(sessionId, {
        ...(files === undefined ? {} : { paths: files.split(',') }),
        message: wordsOf(record, await lastMessageOf(store, sessionId)).message,
        at: Date.parse(record.endedAt ?? record.updatedAt),
        signal: options?.signal,
      });
    },
  };
};

const unknownFile = (path: string): Problem =>
  new Problem('file-not-found', { detail: `The session changed no file ${JSON.stringify(path)}.` });
