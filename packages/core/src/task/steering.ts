import {
  AnswerApproval,
  Approval,
  Prompt,
  PromptAccepted,
  ResumeSession,
  SessionApprovalQuery,
} from '@agent-harbor/api-contract/schemas';
import { untilAborted } from '../call.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { Executor } from '../executor/executor.ts';
import type { LocalTaskManager } from '../harbor.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { notPaused, type SessionControl } from '../session/control.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import { type Once, remember } from './once.ts';
import { checkSize, commandId, hand, handed, handToRunning } from './prompting.ts';
import { untilFound } from './until-found.ts';

export interface SteeringParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly control: SessionControl;
  readonly executor: Executor;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly ids: Ids;
}

type Steering = Pick<
  LocalTaskManager,
  'pauseSession' | 'resumeSession' | 'promptSession' | 'listApprovals' | 'answerApproval'
>;

/**
 * Prompts and answers are done outside the store: they are in force when the session's journal has them, and what the
 * store knows of them comes from there. They happen exactly once for all that:
 * - the id of a prompt or answer is made of the caller's key, so every repetition of a request has it;
 * - the recorder writes it into the journal with the effect, and does nothing for an id it finds there;
 * - the reply is stored after that. Whatever dies in between, the repetition finds no reply, asks the recorder again,
 *   which does nothing and agrees, and stores the reply. That goes for a session that has ended meanwhile, too.
 */
export const createSteering = (parts: SteeringParts, scope: Scope, once: Once): Steering => {
  const { store, sessions, control, executor, clock, ids } = parts;

  const known = async (sessionId: string, signal: AbortSignal | undefined): Promise<SessionRecord> => {
    throwIfAborted(signal);
    return (await sessions.get(sessionId, scope)).record;
  };

  /** The request as the store has it once it is settled; the journal says so already. */
  const settled = (
    sessionId: string,
    approvalId: string,
    signal: AbortSignal | undefined,
  ): Promise<Approval> =>
    untilFound(parts, sessionId, signal, async () => {
      const approval = await store.approval(scope, sessionId, approvalId);
      return approval?.state === 'requested' ? undefined : approval;
    });

  return {
    pauseSession: async (sessionId, options = {}) =>
      once<void>(
        'sessions.pause',
        sessionId,
        options,
        async ({ signal, alongside }) => {
          await known(sessionId, signal);
          await control.pause(sessionId, alongside(undefined));
        },
        () => undefined,
      ),

    resumeSession: async (sessionId, resume = {}, options = {}) =>
      once<void>(
        'sessions.resume',
        [sessionId, resume],
        options,
        async (calling) => {
          const { prompt } = parse(ResumeSession, resume);
          if (prompt !== undefined) checkSize(prompt);
          const { status } = await known(sessionId, calling.signal);
          // Before the wish is written, as the agent may refuse it: then nothing goes on.
          if (prompt !== undefined) {
            if (status !== 'paused' && status !== 'resuming') throw notPaused(status);
            const id = commandId(ids, calling, sessionId);
            await hand(executor, sessionId, { id, prompt, calling });
          }
          await control.unpause(sessionId, calling.alongside(undefined));
        },
        () => undefined,
      ),

    promptSession: async (sessionId, prompt, options = {}) =>
      once(
        'sessions.prompt',
        [sessionId, prompt],
        options,
        async (calling) => {
          const wish = parse(Prompt, prompt, 'prompt');
          checkSize(wish);
          const { status } = await known(sessionId, calling.signal);
          const id = commandId(ids, calling, sessionId);
          await handToRunning(executor, { id: sessionId, status }, { id, prompt: wish, calling });
          const accepted: PromptAccepted = { sessionId, accepted: true, ts: timestamp(clock.now()) };
          await remember(store, calling, accepted);
          return accepted;
        },
        (stored) => parse(PromptAccepted, stored),
      ),

    async listApprovals({ sessionId, ...query } = {}, options = {}) {
      throwIfAborted(options.signal);
      const { state, ...page } = parse(SessionApprovalQuery, query);
      if (sessionId !== undefined) await known(sessionId, options.signal);
      return store.approvals(scope, { sessionId, state }, page);
    },

    answerApproval: async (sessionId, approvalId, answer, options = {}) =>
      once(
        'approvals.answer',
        [sessionId, approvalId, answer],
        options,
        async (calling) => {
          const { note, ...choice } = parse(AnswerApproval, answer);
          const { status } = await known(sessionId, calling.signal);
          const approval = await store.approval(scope, sessionId, approvalId);
          if (approval === undefined) {
            throw new Problem('approval-not-found', { detail: `There is no request ${approvalId}.` });
          }
          const over = new Problem('wrong-state', {
            detail: `The session is ${status} and the request ${approval.state}.`,
          });
          // Whether it is settled the recorder knows best: this may be the repetition of the answer that settled it.
          const given = { id: commandId(ids, calling, sessionId), approvalId, choice, by: calling.by, note };
          await handed(calling, isTerminal(status), over, () =>
            untilAborted(calling.signal, () => executor.answer(sessionId, given)),
          );
          const result = await settled(sessionId, approvalId, calling.signal);
          await remember(store, calling, result);
          return result;
        },
        (stored) => parse(Approval, stored),
      ),
  };
};
