import type { SessionSummary } from '@agent-harbor/api-contract/schemas';
import { cutText } from '../event/cut-text.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Scan } from './scan.ts';

/** What is counted. */
export const countedTypes = [
  'status',
  'message',
  'user_input',
  'tool_use',
  'tool_result',
  'file_edit',
  'approval',
] as const;

/** How much of words a summary repeats, bytes. */
const repeatedBytes = 1024;

/** What a session did, counted. */
export const summarize = (session: SessionRecord, { events, isCut }: Scan): SessionSummary => {
  const messages = { user: 1, assistant: 0 };
  const tools = new Map<string, { name: string; uses: number; failures: number }>();
  const files = new Set<string>();
  const approvals = new Map<string, 'requested' | 'answered' | 'expired'>();
  let last: string | undefined;
  const tool = (name: string) => {
    const known = tools.get(name) ?? { name, uses: 0, failures: 0 };
    tools.set(name, known);
    return known;
  };
  for (const event of events) {
    if (event.type === 'user_input') messages.user++;
    if (event.type === 'message') messages[event.role]++;
    if (event.type === 'message' && event.role === 'assistant') last = event.content;
    if (event.type === 'tool_use') tool(event.tool_name).uses++;
    if (event.type === 'tool_result' && event.status === 'failed') tool(event.tool_name).failures++;
    if (event.type === 'file_edit') files.add(event.file_path);
    if (event.type === 'approval') approvals.set(event.approvalId, event.state);
  }
  const states: SessionSummary['approvals'] = {};
  for (const state of approvals.values()) states[state] = (states[state] ?? 0) + 1;
  const counted = {
    source: 'rules',
    status: session.status,
    duration_seconds: durationOf(session),
    messages,
    tools: [...tools.values()].toSorted((left, right) => right.uses - left.uses),
    files: [...files].toSorted(),
    changes: session.changes,
    approvals: states,
    ...(session.delivered === undefined ? {} : { delivered: session.delivered }),
    last_message: last === undefined ? null : cutText(last, repeatedBytes),
    truncated: isCut,
  } as const;
  return { ...counted, summary: inWords(session, counted) };
};

const durationOf = ({ startedAt, endedAt, updatedAt }: SessionRecord): number | null =>
  startedAt === undefined
    ? null
    : Math.max(0, (Date.parse(endedAt ?? updatedAt) - Date.parse(startedAt)) / 1000);

const inWords = (
  { prompt, statusReason, delivered }: SessionRecord,
  {
    status,
    duration_seconds,
    messages,
    tools,
    files,
    changes,
    approvals,
    last_message,
  }: Omit<SessionSummary, 'summary'>,
): string => {
  const uses = tools.reduce((sum, tool) => sum + tool.uses, 0);
  const failures = tools.reduce((sum, tool) => sum + tool.failures, 0);
  const named = tools.slice(0, 5).map(({ name, uses: times }) => `${name} (${times})`);
  const took = duration_seconds === null ? '' : ` after ${Math.round(duration_seconds)} s`;
  return [
    `Asked: ${cutText(prompt, repeatedBytes)}`,
    `The session is ${status}${took}${statusReason === undefined ? '' : `: ${statusReason}`}.`,
    `Messages: ${messages.user} of the user, ${messages.assistant} of the agent.`,
    uses === 0
      ? 'No tool was used.'
      : `Uses of tools: ${uses}, of which ${failures} failed: ${named.join(', ')}.`,
    files.length === 0 && changes.files_changed === 0
      ? 'No file was changed.'
      : `Files changed: ${changes.files_changed} (+${changes.lines_added} -${changes.lines_removed}): ${files.slice(0, 10).join(', ')}.`,
    ...(approvals.requested === undefined
      ? []
      : [`Requests that wait for an answer: ${approvals.requested}.`]),
    ...(delivered?.branch === undefined
      ? []
      : [
          `Delivered to ${delivered.branch}${delivered.targetBranch === undefined ? '' : `, to be taken into ${delivered.targetBranch}`}.`,
        ]),
    ...(last_message === null ? [] : [`The agent said last: ${last_message}`]),
  ].join('\n');
};
