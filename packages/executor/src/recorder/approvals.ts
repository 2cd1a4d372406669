import type { ApprovalOption, ApprovalPolicy, EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock, PermissionAnswer } from '@agent-harbor/core';
import { decisionFor } from '@agent-harbor/core/approval';
import { fieldProblem, Problem } from '@agent-harbor/core/problem';

/** What an agent asks leave for. */
export interface PermissionWish {
  readonly title: string;
  /** The programmatic name of the tool, and what sort of tool it is. */
  readonly toolName: string | undefined;
  readonly kind: string | undefined;
  readonly toolExecutionId: string;
  /** Inside the workspace relative to it, with `/`; others absolute. */
  readonly paths: readonly string[];
  readonly options: readonly ApprovalOption[];
}

/** The permission requests of a session: nothing is allowed that is not in the journal. */
export interface Approvals {
  /**
   * Resolves with the option that was chosen, once that is written down; undefined when none was: no option fitted, or
   * nobody waits for an answer any more, as the signal says.
   */
  ask(wish: PermissionWish, signal: AbortSignal): Promise<string | undefined>;
  /** Throws what speaks against an answer. */
  check(answer: Answer): void;
  /** Settles a request by an answer that was checked. */
  answer(answer: Answer): void;
  /** Settles the open requests without an answer: their turn is over. */
  withdraw(): void;
  /** Withdraws, and gives no leave any more. */
  close(): void;
}

type Answer = Omit<PermissionAnswer, 'id'>;

export interface ApprovalsOptions {
  readonly policy: ApprovalPolicy;
  readonly clock: Clock;
  /** Records a fact. */
  readonly tell: (body: EventBody) => void;
  /** Resolves when everything told so far is in the journal. */
  readonly written: () => Promise<void>;
  /** Whether nothing more of the agent may be recorded. */
  readonly isFull: () => boolean;
}

interface OpenRequest {
  readonly id: string;
  readonly wish: PermissionWish;
  readonly chosen: PromiseWithResolvers<string | undefined>;
  readonly forget: () => void;
}

/** Who asks for more at once gets no answer from a person. */
const openLimit = 64;
/** A request that names more paths, or longer ones, is not matched with rules; it is told with this many. */
export const pathLimit = 100;
const pathLength = 4096;

export const createApprovals = ({ policy, clock, tell, written, isFull }: ApprovalsOptions): Approvals => {
  const open = new Map<string, OpenRequest>();
  let count = 0;
  let isClosed = false;
  let isFloodTold = false;

  const settle = (
    { id, wish, chosen, forget }: OpenRequest,
    said: Omit<Extract<EventBody, { type: 'approval' }>, 'type' | 'approvalId' | 'title'>,
  ) => {
    open.delete(id);
    forget();
    tell({ type: 'approval', approvalId: id, title: wish.title, ...toolOf(wish), ...said });
    chosen.resolve(written().then(() => said.optionId));
  };
  const expire = (request: OpenRequest) =>
    settle(request, { state: 'expired', ...choiceOf(request.wish.options, outcomes[policy.onExpiry]) });
  const cancel = (request: OpenRequest) => settle(request, { state: 'expired', outcome: 'cancelled' });

  const answerAtOnce = async (id: string, wish: PermissionWish, wished: Outcome) => {
    const choice = choiceOf(wish.options, wished);
    tell({ ...requestOf(id, wish), state: 'answered', by: 'policy', ...choice });
    await written();
    return choice.optionId;
  };
  const refuseFlood = () => {
    if (isFloodTold) return;
    isFloodTold = true;
    const message = isFull()
      ? 'The agent asks for permission beyond what may be recorded of it; it gets none.'
      : `The agent asks for more than ${openLimit} permissions at once; it does not get the others.`;
    tell({ type: 'log', level: 'warn', message });
  };

  const find = ({ approvalId, choice }: Answer) => {
    const request = open.get(approvalId);
    if (request !== undefined) return { request, ...choiceByHand(request.wish.options, choice) };
    const number = Number(/^approval-([1-9]\d*)$/.exec(approvalId)?.[1]);
    if (number <= count) {
      throw new Problem('wrong-state', { detail: `The request ${approvalId} is settled already.` });
    }
    throw new Problem('approval-not-found', { detail: `There is no request ${approvalId}.` });
  };

  return {
    async ask(wish, signal) {
      if (isClosed || signal.aborted) return undefined;
      if (isFull() || open.size >= openLimit) {
        refuseFlood();
        return undefined;
      }
      count += 1;
      const id = `approval-${count}`;
      const decision = judge(policy, wish);
      if (decision !== 'ask') return answerAtOnce(id, wish, outcomes[decision]);

      const waitMs = policy.expiresAfterSeconds * 1000;
      const leave = () => cancel(request);
      const cancelExpiry = clock.schedule(waitMs, () => expire(request));
      const request: OpenRequest = {
        id,
        wish,
        chosen: Promise.withResolvers(),
        forget() {
          cancelExpiry();
          signal.removeEventListener('abort', leave);
        },
      };
      open.set(id, request);
      signal.addEventListener('abort', leave, { once: true });
      const expiresAt = new Date(clock.now() + waitMs).toISOString();
      tell({ ...requestOf(id, wish), state: 'requested', expiresAt, onExpiry: policy.onExpiry });
      return request.chosen.promise;
    },
    check: (answer) => void find(answer),
    answer(answer) {
      const { request, outcome, optionId } = find(answer);
      settle(request, { state: 'answered', outcome, optionId, by: answer.by, note: answer.note });
    },
    withdraw() {
      for (const request of [...open.values()]) cancel(request);
    },
    close() {
      isClosed = true;
      this.withdraw();
    },
  };
};

type Outcome = 'allowed' | 'denied';

const outcomes = { allow: 'allowed', deny: 'denied' } as const;

/** Of options that fit, the one for this time goes before the one for all times. */
const kinds = {
  allowed: ['allow_once', 'allow_always'],
  denied: ['reject_once', 'reject_always'],
} as const satisfies Record<Outcome, readonly ApprovalOption['kind'][]>;

const fitting = (options: readonly ApprovalOption[], outcome: Outcome): ApprovalOption | undefined =>
  kinds[outcome].flatMap((kind) => options.filter((option) => option.kind === kind))[0];

const choiceOf = (options: readonly ApprovalOption[], outcome: Outcome) => {
  const option = fitting(options, outcome);
  return option === undefined
    ? ({ outcome: 'cancelled' } as const)
    : ({ outcome, optionId: option.optionId } as const);
};

const choiceByHand = (options: readonly ApprovalOption[], choice: Answer['choice']) => {
  if ('outcome' in choice) {
    const option = fitting(options, choice.outcome);
    if (option !== undefined) return { outcome: choice.outcome, optionId: option.optionId };
    throw fieldProblem('outcome', 'fits none of the options of this request');
  }
  const option = options.find(({ optionId }) => optionId === choice.optionId);
  if (option === undefined) throw fieldProblem('optionId', 'is not an option of this request');
  const outcome: Outcome = option.kind.startsWith('allow') ? 'allowed' : 'denied';
  return { outcome, optionId: option.optionId };
};

/** What nobody can look through is for a person to decide, unless nothing is allowed anyway. */
const judge = (policy: ApprovalPolicy, { toolName, kind, paths }: PermissionWish) => {
  if (paths.length > pathLimit || paths.some((path) => path.length > pathLength))
    return policy.default === 'deny' ? 'deny' : 'ask';
  return decisionFor(policy, { tool: toolName, kind, paths });
};

const requestOf = (id: string, { title, paths, options, ...tool }: PermissionWish) => ({
  type: 'approval' as const,
  approvalId: id,
  title,
  ...toolOf(tool),
  ...(paths.length === 0
    ? {}
    : { paths: paths.slice(0, pathLimit).map((path) => path.slice(0, pathLength)) }),
  options: [...options],
});

/** What rules about tools name is shown as the name: the title is for people. */
const toolOf = ({
  toolName,
  kind,
  toolExecutionId,
}: Omit<PermissionWish, 'title' | 'paths' | 'options'>) => ({
  tool_name: toolName ?? kind,
  tool_execution_id: toolExecutionId,
});
