import type { ApprovalOption, ApprovalPolicy, EventBody } from '@agent-harbor/api-contract/schemas';
import {
  type Clock,
  decisionFor,
  fieldProblem,
  type PermissionAnswer,
  Problem,
  timestamp,
} from '@agent-harbor/core';
import type { PermissionRequest } from '../format/timeline.ts';
import type { ToolUse } from '../format/tool-use.ts';
import { planTool } from '../tool/plan-tool.ts';
import { workspacePath } from '../tool/workspace-path.ts';

type ApprovalBody = Extract<EventBody, { type: 'approval' }>;
type Settled = Required<Pick<ApprovalBody, 'outcome'>> &
  Pick<ApprovalBody, 'state' | 'optionId' | 'by' | 'note'>;

/** A permission request of the agent; settled once it has an outcome. */
export interface Asked {
  readonly outcome: ApprovalBody['outcome'];
  /** As the script decides it, unless it is settled. */
  decide(choice: { readonly optionId: string } | 'cancelled', by: string, note: string | undefined): void;
  expire(): void;
}

export interface Approvals {
  /** The agent asks; a rule of the policy may settle it at once. `onSettled` is called once, also before this returns. */
  ask(
    request: PermissionRequest,
    tool: ToolUse | undefined,
    timing: { readonly speed: number },
    onSettled: () => void,
  ): Asked;
  /** Somebody answers. Throws `approval-not-found`, `wrong-state`, or `invalid-request` for an option not offered. */
  answer(answer: PermissionAnswer): void;
  /** Nobody waits for an answer any more. */
  withdraw(): void;
  /** Says nothing more. */
  halt(): void;
}

interface Parts {
  readonly clock: Clock;
  readonly policy: ApprovalPolicy;
  say(body: EventBody): void;
}

/** A request as those see it who answer. */
interface Request {
  readonly options: readonly ApprovalOption[];
  isOpen(): boolean;
  settle(settled: Settled): void;
  halt(): void;
}

/** The permission requests of one session. */
export const createApprovals = ({ clock, policy, say }: Parts): Approvals => {
  const asked = new Map<string, Request>();
  /** Answers that were given: approval and id of the answer. */
  const given = new Set<string>();

  return {
    ask(request, tool, { speed }, onSettled) {
      const approvalId = `approval-${asked.size + 1}`;
      const about = aboutOf(request, tool);
      const options = request.options.map(({ id, label, kind }) => ({ optionId: id, name: label, kind }));
      let outcome: ApprovalBody['outcome'];
      let cancelExpiry = () => {};
      const settle = (settled: Settled, more: Partial<ApprovalBody> = {}): void => {
        if (outcome !== undefined) return;
        cancelExpiry();
        outcome = settled.outcome;
        say({ type: 'approval', approvalId, ...about.place, ...more, ...settled });
        onSettled();
      };
      const onExpiry = request['x-onExpiry'] ?? policy.onExpiry;
      const expire = () =>
        settle({ state: 'expired', ...chosen(options, onExpiry === 'allow' ? 'allowed' : 'denied') });
      asked.set(approvalId, {
        settle,
        options,
        isOpen: () => outcome === undefined,
        halt: () => cancelExpiry(),
      });

      const decision = decisionFor(policy, about.wish);
      const details = { ...(about.paths.length === 0 ? {} : { paths: [...about.paths] }), options };
      if (decision === 'ask') {
        const scriptedMs = request['x-expiresAfterMs'];
        const expiresMs = scriptedMs === undefined ? policy.expiresAfterSeconds * 1000 : scriptedMs * speed;
        const expiresAt = timestamp(Math.round(clock.now() + expiresMs));
        say({
          type: 'approval',
          approvalId,
          state: 'requested',
          ...about.place,
          ...details,
          expiresAt,
          onExpiry,
        });
        // By the script it expires in the script's own time, which stands still while the session is paused.
        if (scriptedMs === undefined) cancelExpiry = clock.schedule(expiresMs, expire);
      } else {
        const wish = decision === 'allow' ? 'allowed' : 'denied';
        settle({ state: 'answered', ...chosen(options, wish), by: 'policy' }, details);
      }

      return {
        get outcome() {
          return outcome;
        },
        decide: (choice, by, note) =>
          settle({
            state: 'answered',
            ...(choice === 'cancelled' ? { outcome: 'cancelled' } : outcomeOf(options, choice.optionId)),
            by,
            ...(note === undefined ? {} : { note }),
          }),
        expire,
      };
    },

    answer({ id, approvalId, choice, by, note }) {
      const request = asked.get(approvalId);
      if (request === undefined) {
        throw new Problem('approval-not-found', { detail: `There is no request ${approvalId}.` });
      }
      const key = JSON.stringify([approvalId, id]);
      if (given.has(key)) return;
      if (!request.isOpen()) {
        throw new Problem('wrong-state', { detail: `The request ${approvalId} is settled already.` });
      }
      const { options } = request;
      if ('optionId' in choice && !options.some(({ optionId }) => optionId === choice.optionId)) {
        throw fieldProblem(
          'optionId',
          `must be one of ${options.map(({ optionId }) => optionId).join(', ')}`,
        );
      }
      if ('outcome' in choice && chosen(options, choice.outcome).optionId === undefined) {
        throw fieldProblem('outcome', 'fits none of the options of this request');
      }
      given.add(key);
      const result =
        'optionId' in choice ? outcomeOf(options, choice.optionId) : chosen(options, choice.outcome);
      request.settle({ state: 'answered', ...result, by, ...(note === undefined ? {} : { note }) });
    },

    withdraw() {
      for (const { settle } of asked.values()) settle({ state: 'expired', outcome: 'cancelled' });
    },
    halt() {
      for (const { halt } of asked.values()) halt();
    },
  };
};

/** What the agent wants to do, in the words of the event. */
const aboutOf = ({ toolCall = {} }: PermissionRequest, tool: ToolUse | undefined) => {
  const { toolCallId, title, name, kind, locations } = toolCall;
  const toolName = name ?? tool?.toolName;
  const shown = toolName ?? kind;
  const place = {
    title: title ?? shown ?? 'The agent asks for leave',
    ...(shown === undefined ? {} : { tool_name: shown }),
    ...(toolCallId === undefined ? {} : { tool_execution_id: toolCallId }),
  };
  const plan = tool === undefined ? undefined : planTool(tool);
  const planned = plan?.kind === 'edit' ? [plan.edit.path] : plan?.kind === 'read' ? [plan.path] : [];
  const paths = locations?.map(({ path }) => workspacePath(path) ?? path) ?? planned;
  return { place, paths, wish: { tool: toolName, kind, paths } };
};

const outcomeOf = (
  options: readonly ApprovalOption[],
  optionId: string,
): Pick<Settled, 'outcome' | 'optionId'> => {
  const kind = options.find((option) => option.optionId === optionId)?.kind;
  return { outcome: kind?.startsWith('allow') ? 'allowed' : 'denied', optionId };
};

/** The first option that fits; where none does, there is no leave. */
const chosen = (
  options: readonly ApprovalOption[],
  wish: 'allowed' | 'denied',
): Pick<Settled, 'outcome' | 'optionId'> => {
  const prefix = wish === 'allowed' ? 'allow' : 'reject';
  const option =
    options.find(({ kind }) => kind === `${prefix}_once`) ??
    options.find(({ kind }) => kind.startsWith(prefix));
  return option === undefined ? { outcome: 'cancelled' } : { outcome: wish, optionId: option.optionId };
};
