import { isAbsolute, join } from 'node:path';
import type { Action } from '@agent-harbor/scenario';
import type * as acp from '@agentclientprotocol/sdk';
import { planOf, titleOf, whereabouts } from './tool-plan.ts';

type Permission = Extract<Action, { type: 'permission' }>;

/**
 * What the scenario's agent asks leave for, in the words of the protocol. The arguments of the tool are not part of it,
 * as a client would take the tool for started.
 */
export const permissionRequest = (
  sessionId: string,
  cwd: string,
  { call, request, tool }: Permission,
): acp.RequestPermissionRequest => {
  const { toolCall = {}, options } = request;
  const planned: Partial<ReturnType<typeof whereabouts>> =
    tool === undefined ? {} : whereabouts(planOf(tool));
  const paths =
    toolCall.locations?.map(({ path }) => path) ?? (planned.path === undefined ? [] : [planned.path]);
  const name = toolCall.name ?? tool?.toolName;
  const title = toolCall.title ?? (tool === undefined ? name : titleOf(tool, planned.path));
  return {
    sessionId,
    toolCall: {
      toolCallId: toolCall.toolCallId ?? `asked-${call}`,
      title: title ?? 'The agent asks for leave',
      ...(name === undefined ? {} : { name }),
      kind: toolKinds.find((kind) => kind === toolCall.kind) ?? planned.kind ?? 'other',
      locations: paths.map((path) => ({ path: isAbsolute(path) ? path : join(cwd, path) })),
    },
    options: options.map(({ id, label, kind }) => ({ optionId: id, name: label, kind })),
  };
};

/** Whether the answer is leave. */
export const isLeave = (
  { options }: Permission['request'],
  { outcome }: acp.RequestPermissionResponse,
): boolean =>
  outcome.outcome === 'selected' &&
  options.find(({ id }) => id === outcome.optionId)?.kind.startsWith('allow') === true;

/** Whether the scenario says that leave was given: what is history is asked nobody. */
export const wasGranted = ({ granted, decision, options }: Permission['request']): boolean =>
  granted ??
  (decision?.outcome === 'selected' &&
    options.find(({ id }) => id === decision.optionId)?.kind.startsWith('allow') === true);

const toolKinds = [
  'read',
  'edit',
  'delete',
  'move',
  'search',
  'execute',
  'think',
  'fetch',
  'switch_mode',
  'other',
] as const satisfies readonly acp.ToolKind[];
