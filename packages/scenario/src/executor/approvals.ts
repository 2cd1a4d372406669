import type { ApprovalPolicy, EventBody } from '@agent-harbor/api-contract/schemas';
import { type Clock, fieldProblem, type PermissionAnswer, Problem } from '@agent-harbor/core';
import { choiceById, choiceFor } from './approval-choice.ts';
import { type OpenRequest, openRequest, type RequestParts } from './permission-request.ts';

/** The permission requests of one session. */
export interface Approvals {
  /** The agent asks; by an id of its own where one is given. Throws `invalid-request` when that is taken. */
  ask(
    parts: Pick<RequestParts, 'request' | 'tool' | 'speed' | 'onSettled'> & { readonly approvalId?: string },
  ): OpenRequest;
  /** Somebody answers. Throws `approval-not-found`, `wrong-state`, or `invalid-request` for what was not offered. */
  answer(answer: PermissionAnswer): void;
  /** Nobody waits for an answer any more. */
  withdraw(): void;
  /** Says nothing more. */
  halt(): void;
}

interface ApprovalsParts {
  readonly clock: Clock;
  readonly policy: ApprovalPolicy;
  say(body: EventBody): void;
}

export const createApprovals = (parts: ApprovalsParts): Approvals => {
  const asked = new Map<string, OpenRequest>();
  /** Answers that were taken: approval and id of the answer. */
  const taken = new Set<string>();
  let count = 0;

  return {
    ask({ approvalId: own, ...more }) {
      if (own !== undefined && asked.has(own))
        throw fieldProblem('approvalId', 'is the id of another request');
      if (own === undefined)
        do count += 1;
        while (asked.has(`approval-${count}`));
      const approvalId = own ?? `approval-${count}`;
      const request = openRequest({ ...parts, ...more, approvalId });
      asked.set(approvalId, request);
      return request;
    },
    answer({ id, approvalId, choice, by, note }) {
      const request = asked.get(approvalId);
      if (request === undefined) {
        throw new Problem('approval-not-found', { detail: `There is no request ${approvalId}.` });
      }
      const key = JSON.stringify([approvalId, id]);
      if (taken.has(key)) return;
      if (request.outcome !== undefined) {
        throw new Problem('wrong-state', { detail: `The request ${approvalId} is settled already.` });
      }
      const chosen = choiceOf(request, choice);
      taken.add(key);
      request.settle({ state: 'answered', ...chosen, by, ...(note === undefined ? {} : { note }) });
    },
    withdraw() {
      for (const { settle } of asked.values()) settle({ state: 'expired', outcome: 'cancelled' });
    },
    halt() {
      for (const { halt } of asked.values()) halt();
    },
  };
};

const choiceOf = ({ options }: OpenRequest, choice: PermissionAnswer['choice']) => {
  if ('outcome' in choice) {
    const chosen = choiceFor(options, choice.outcome);
    if (chosen.optionId !== undefined) return chosen;
    throw fieldProblem('outcome', 'fits none of the options of this request');
  }
  const offered = options.map(({ optionId }) => optionId);
  if (!offered.includes(choice.optionId))
    throw fieldProblem('optionId', `must be one of ${offered.join(', ')}`);
  return choiceById(options, choice.optionId);
};
