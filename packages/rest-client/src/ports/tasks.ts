import type { Draft } from '@agent-harbor/api-contract/schemas';
import type { CallOptions, TaskManager } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Caller } from '../call.ts';
import { sameJson } from '../same-json.ts';
import type { Subscriber } from './events.ts';

export const createTasks = (base: string, call: Caller, subscribe: Subscriber): TaskManager => {
  const draft = async (draftId: string, options?: CallOptions) =>
    call('drafts.get', { params: { id: draftId }, options });

  /** The tag of the stored draft, if it still is the one the caller knows. */
  const tagOf = async (known: Draft, draftId: string, options?: CallOptions): Promise<string> => {
    const stored = await draft(draftId, options);
    if (!sameJson(stored.body, known)) throw new Problem('precondition-failed');
    if (stored.etag === undefined) {
      throw new Problem('internal', {
        detail: 'The server sent no ETag, so a lost update could not be refused.',
      });
    }
    return stored.etag;
  };

  return {
    description: `Agent Harbor at ${base}`,
    launch: async (body, options) => (await call('tasks.create', { body, options })).body,
    getTask: async (taskId, options) => (await call('tasks.get', { params: { taskId }, options })).body,
    async initialTasks(options) {
      const [drafts, sessions] = await Promise.all([
        call('drafts.list', { query: { perPage: 50 }, options }),
        call('sessions.list', { query: { perPage: 50 }, options }),
      ]);
      return { drafts: drafts.body.items, sessions: sessions.body.items };
    },

    listSessions: async (query, options) => (await call('sessions.list', { query, options })).body,
    async getSession(sessionId, options) {
      const query = options?.archived === true ? { archived: 'true' } : {};
      return (await call('sessions.get', { params: { id: sessionId }, query, options })).body;
    },
    async stopSession(sessionId, options) {
      await call('sessions.stop', { params: { id: sessionId }, options });
    },
    async pauseSession(sessionId, options) {
      await call('sessions.pause', { params: { id: sessionId }, options });
    },
    async resumeSession(sessionId, body, options) {
      await call('sessions.resume', { params: { id: sessionId }, body, options });
    },
    promptSession: async (sessionId, prompt, options) =>
      (await call('sessions.prompt', { params: { id: sessionId }, body: { prompt }, options })).body,
    async listApprovals({ sessionId, ...query } = {}, options) {
      if (sessionId === undefined) return (await call('approvals.list', { query, options })).body;
      return (await call('approvals.ofSession', { params: { id: sessionId }, query, options })).body;
    },
    answerApproval: async (sessionId, approvalId, body, options) =>
      (await call('approvals.answer', { params: { id: sessionId, approvalId }, body, options })).body,
    async cancelSession(sessionId, options) {
      await call('sessions.delete', { params: { id: sessionId }, options });
    },
    subscribe: (sessionId, options = {}) => subscribe(sessionId, options),

    listDrafts: async (query, options) => (await call('drafts.list', { query, options })).body,
    getDraft: async (draftId, options) => (await draft(draftId, options)).body,
    createDraft: async (body, options) => (await call('drafts.create', { body, options })).body,
    async updateDraft(draftId, body, options) {
      const headers: Record<string, string> = {};
      if (options?.ifUnchanged !== undefined)
        headers['if-match'] = await tagOf(options.ifUnchanged, draftId, options);
      return (await call('drafts.update', { params: { id: draftId }, headers, body, options })).body;
    },
    async deleteDraft(draftId, options) {
      await call('drafts.delete', { params: { id: draftId }, options });
    },
  };
};
