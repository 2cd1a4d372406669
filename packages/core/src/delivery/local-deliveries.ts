import {
  type ApprovalPolicyInput,
  DeliverSession,
  DeliveryOutcome,
  SessionEvent,
} from '@agent-harbor/api-contract/schemas';
import type { Clock } from '../clock.ts';
import type { LocalDeliveries } from '../harbor.ts';
import type { Idempotency } from '../idempotency.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import { runOf } from '../session/run-of.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Store } from '../store/store.ts';
import { createOnce } from '../task/once.ts';
import type { Deliverer } from './deliverer.ts';
import { lastMessageOf } from './last-message.ts';
import { wordsOf } from './message.ts';
import { planDelivery } from './plan-delivery.ts';

export interface DeliveriesParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly idempotency: Idempotency;
  readonly approvals: ApprovalPolicyInput | undefined;
}

/** How many deliveries of the past are told. */
const toldDeliveries = 100;

export const createDeliveries = (parts: DeliveriesParts, scope: Scope): LocalDeliveries => {
  const { store, sessions, deliverer, clock } = parts;
  const once = createOnce(parts.idempotency, scope);

  return {
    deliver: async (sessionId, wish = {}, options = {}) =>
      once(
        'sessions.deliver',
        [sessionId, wish],
        options,
        async (calling) => {
          const { signal } = calling;
          const meant = parse(DeliverSession, wish);
          throwIfAborted(signal);
          const { record } = await sessions.get(sessionId, scope);
          const plan = planDelivery(record, meant);
          if (plan === null) throw new Problem('internal');
          if (plan.mode === 'pr') deliverer.forgeOf(record.repo.url ?? '', 'mode');
          refuseWithoutFiles(record);
          const task = await store.task(scope, record.taskId);
          if (task === undefined)
            throw new Problem('task-not-found', { detail: `Task ${record.taskId} is gone.` });
          const report = await deliverer.deliver(
            {
              run: runOf(record, task, parts.approvals),
              plan,
              words: wordsOf(record, await lastMessageOf(store, sessionId), plan),
              isFinal: isTerminal(record.status),
            },
            signal,
          );
          const { problem, state, ...made } = report;
          if (state === 'failed') throw problem ?? new Problem('internal');
          const body = { mode: plan.mode, state, ...made } as const;
          const outcome: DeliveryOutcome = { sessionId, ...body };
          await sessions.update(sessionId, () => ({
            events: [{ at: clock.now(), body: { type: 'delivery', ...body } }],
            alongside: calling.alongside(outcome),
            ...(calling.commandId === undefined ? {} : { dedupeKey: `delivery ${calling.commandId}` }),
          }));
          return outcome;
        },
        (stored) => parse(DeliveryOutcome, stored),
      ),

    async delivery(sessionId, options) {
      throwIfAborted(options?.signal);
      const { record } = await sessions.get(sessionId, scope);
      const rows = await store.events({
        scope,
        sessionId,
        types: ['delivery'],
        order: 'desc',
        limit: toldDeliveries,
        maxBytes: 1024 * 1024,
      });
      const deliveries = rows.toReversed().flatMap(({ json }) => {
        const event = parse(SessionEvent, JSON.parse(json), 'event');
        if (event.type !== 'delivery') return [];
        const { type: _, sessionId: __, ...told } = event;
        return [told];
      });
      return {
        sessionId: record.id,
        delivery: record.delivery,
        state: deliverer.isDelivering(record.id) ? 'delivering' : stateOf(record),
        last: record.delivered ?? null,
        deliveries,
      };
    },
  };
};

const stateOf = ({ delivered, delivery, status }: SessionRecord) =>
  delivered?.state ?? (delivery.mode === 'none' || isTerminal(status) ? 'none' : 'pending');

/** Files are there from the moment the agent starts, and stay when the session has ended. */
const refuseWithoutFiles = ({ status, workspace }: SessionRecord): void => {
  if (status === 'queued' || status === 'provisioning') {
    throw new Problem('wrong-state', {
      detail: `The session is ${status}; there are no files to deliver before its agent runs.`,
    });
  }
  if (workspace.mountPath === null) {
    throw new Problem('workspace-gone', {
      detail: `The session is ${status}; it ended before it had files to deliver.`,
    });
  }
};
