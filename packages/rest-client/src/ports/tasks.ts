import type { TaskManager } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem/bare';
import type { Api } from '../routes/api.ts';
import type { Caller } from '../routes/contract.ts';
import { sameJson } from '../same-json.ts';
import type { Subscriber } from './events.ts';

/** The same method, for callers who want to know no more than that it worked. */
export const silent =
  <Input extends unknown[]>(method: (...input: Input) => Promise<unknown>) =>
  async (...input: Input): Promise<void> => {
    await method(...input);
  };

/** The port over the typed methods, which take the same: a method more is a line more. */
export const createTasks = (
  base: string,
  { tasks, sessions, approvals, drafts }: Api,
  call: Caller,
  subscribe: Subscriber,
): TaskManager => ({
  description: `Agent Harbor at ${base}`,
  launch: tasks.create,
  getTask: tasks.get,
  compareTask: tasks.comparison,
  async initialTasks(options) {
    const page = { ...options, perPage: 50 };
    const [saved, newest] = await Promise.all([drafts.list(page), sessions.list(page)]);
    return { drafts: saved.items, sessions: newest.items };
  },

  listSessions: sessions.list,
  getSession: sessions.get,
  stopSession: silent(sessions.stop),
  pauseSession: silent(sessions.pause),
  resumeSession: silent(sessions.resume),
  promptSession: (sessionId, prompt, options) => sessions.prompt(sessionId, { prompt }, options),
  listApprovals: ({ sessionId, ...query } = {}, options) =>
    sessionId === undefined ? approvals.list(query, options) : approvals.ofSession(sessionId, query, options),
  answerApproval: approvals.answer,
  cancelSession: sessions.delete,
  subscribe,

  listDrafts: drafts.list,
  getDraft: drafts.get,
  createDraft: drafts.create,
  async updateDraft(draftId, body, { ifUnchanged, ...options } = {}) {
    if (ifUnchanged === undefined) return drafts.update(draftId, body, options);
    // The tag of the stored draft, if it still is the one the caller knows.
    const stored = await call('drafts.get', draftId, options);
    if (!sameJson(stored.body, ifUnchanged)) throw new Problem('precondition-failed');
    // Without a tag a lost update could not be refused.
    if (stored.etag === null) throw new Problem('internal', { detail: 'The server sent no ETag.' });
    return drafts.update(draftId, body, { ...options, ifMatch: stored.etag });
  },
  deleteDraft: drafts.delete,
});
