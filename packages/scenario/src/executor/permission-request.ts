import type { ApprovalOption, ApprovalPolicy, EventBody } from '@agent-harbor/api-contract/schemas';
import { type Clock, decisionFor, timestamp } from '@agent-harbor/core';
import type { PermissionRequest as WrittenRequest } from '../format/timeline.ts';
import type { ToolUse } from '../format/tool-use.ts';
import { planTool } from '../tool/plan-tool.ts';
import { workspacePath } from '../tool/workspace-path.ts';
import { type Choice, choiceById, choiceFor } from './approval-choice.ts';

type ApprovalBody = Extract<EventBody, { type: 'approval' }>;

/** What settles a request. */
type Settlement = Choice & Pick<ApprovalBody, 'state' | 'by' | 'note'>;

/** A permission request of the agent; settled once it has an outcome. */
export interface OpenRequest {
  readonly options: readonly ApprovalOption[];
  readonly outcome: ApprovalBody['outcome'];
  /** Only the first settlement counts. */
  settle(settlement: Settlement): void;
  /** Nobody answered in time. */
  expire(): void;
  /** As the scenario decides it, or lets it expire, whichever it says comes first; it may do neither. */
  settleByScript(): void;
  /** Says nothing more. */
  halt(): void;
}

export interface RequestParts {
  readonly approvalId: string;
  readonly request: WrittenRequest;
  /** The tool the leave is for, when the timeline has it. */
  readonly tool: ToolUse | undefined;
  readonly speed: number;
  readonly clock: Clock;
  readonly policy: ApprovalPolicy;
  say(body: EventBody): void;
  /** Called once, also before the request is there when a rule of the policy settles it at once. */
  onSettled(): void;
}

/** Asks for leave, by the policy first. */
export const openRequest = (parts: RequestParts): OpenRequest => {
  const { approvalId, request, clock, policy, say } = parts;
  const { place, paths, wish } = aboutOf(request, parts.tool);
  const options = request.options.map(({ id, label, kind }) => ({ optionId: id, name: label, kind }));
  const details = { ...(paths.length === 0 ? {} : { paths: [...paths] }), options };
  const onExpiry = request['x-onExpiry'] ?? policy.onExpiry;
  let outcome: ApprovalBody['outcome'];
  let cancelExpiry = () => {};

  const settle = (settlement: Settlement, more: Partial<ApprovalBody> = {}): void => {
    if (outcome !== undefined) return;
    cancelExpiry();
    outcome = settlement.outcome;
    say({ type: 'approval', approvalId, ...place, ...more, ...settlement });
    parts.onSettled();
  };
  const expire = () => settle({ state: 'expired', ...choiceFor(options, outcomes[onExpiry]) });
  const ask = () => {
    const scriptedMs = request['x-expiresAfterMs'];
    const expiresMs = scriptedMs === undefined ? policy.expiresAfterSeconds * 1000 : scriptedMs * parts.speed;
    const expiresAt = timestamp(Math.round(clock.now() + expiresMs));
    say({ type: 'approval', approvalId, state: 'requested', ...place, ...details, expiresAt, onExpiry });
    // By the script it expires in the script's own time, which stands still while the session is paused.
    if (scriptedMs === undefined) cancelExpiry = clock.schedule(expiresMs, expire);
  };

  const decision = decisionFor(policy, wish);
  if (decision === 'ask') ask();
  else settle({ state: 'answered', ...choiceFor(options, outcomes[decision]), by: 'policy' }, details);

  return {
    options,
    get outcome() {
      return outcome;
    },
    settle: (settlement) => settle(settlement),
    expire,
    settleByScript() {
      const scripted = scriptedChoice(request, options);
      const expiresMs = request['x-expiresAfterMs'];
      if (
        scripted !== undefined &&
        (request['x-answerAfterMs'] ?? 0) <= (expiresMs ?? Number.POSITIVE_INFINITY)
      ) {
        settle({ state: 'answered', ...scripted });
      } else if (expiresMs !== undefined) expire();
    },
    halt: () => cancelExpiry(),
  };
};

const outcomes = { allow: 'allowed', deny: 'denied' } as const;

/** What the scenario's user says, and who that is. */
const scriptedChoice = (
  { decision, granted }: WrittenRequest,
  options: readonly ApprovalOption[],
): (Choice & Pick<ApprovalBody, 'by' | 'note'>) | undefined => {
  if (granted !== undefined) return { ...choiceFor(options, granted ? 'allowed' : 'denied'), by: 'user' };
  if (decision === undefined) return undefined;
  const { outcome, optionId, 'x-by': by = 'user', 'x-note': note } = decision;
  const isSelected = outcome === 'selected' && optionId !== undefined;
  const choice: Choice = isSelected ? choiceById(options, optionId) : { outcome: 'cancelled' };
  return { ...choice, by, ...(note === undefined ? {} : { note }) };
};

/** What the agent wants to do, in the words of the event. */
const aboutOf = ({ toolCall = {} }: WrittenRequest, tool: ToolUse | undefined) => {
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
