import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { type Clock, defaultApprovals } from '@agent-harbor/core';
import { createApprovals } from '../executor/approvals.ts';
import { TimelineEntry } from '../format/timeline.ts';
import { type Context, inputOf } from './context.ts';
import type { Reading } from './readings.ts';
import { isSame } from './rehearsal.ts';
import type { Entry, TimelineWriter } from './timeline-writer.ts';

type ApprovalBody = Extract<EventBody, { type: 'approval' }>;

/** Writes a permission request that begins here, with its answer; 0 when no entry says the same. */
export const permissionAt = (index: number, { items }: Context, writer: TimelineWriter): number => {
  const asked = items[index];
  if (asked?.body.type !== 'approval' || asked.body.state !== 'requested') return 0;
  const inputs: Reading[] = [];
  let next = index + 1;
  for (; items[next]?.body.type === 'user_input'; next++) inputs.push(...items.slice(next, next + 1));
  const settled = items[next];
  if (settled?.body.type !== 'approval' || settled.body.approvalId !== asked.body.approvalId) return 0;
  const waitMs = settled.atMs - asked.atMs;
  const entry = entryOf(asked.body, settled.body, waitMs);
  if (!says(entry, asked.body, [asked.body, settled.body])) return 0;
  if (inputs.length > 0) writer.beside({ userInputs: inputs.map(inputOf) });
  writer.add(asked.atMs, entry, waitMs);
  return inputs.length + 2;
};

const entryOf = (asked: ApprovalBody, settled: ApprovalBody, waitMs: number): Entry => {
  const { title, tool_name: name, tool_execution_id: toolCallId, paths, options = [] } = asked;
  const { state, outcome, optionId, by = 'user', note } = settled;
  const decision = {
    ...(optionId === undefined
      ? { outcome: 'cancelled' as const }
      : { outcome: 'selected' as const, optionId }),
    ...(by === 'user' ? {} : { 'x-by': by }),
    ...(note === undefined ? {} : { 'x-note': note }),
  };
  return {
    agentPermissionRequest: {
      toolCall: {
        ...(toolCallId === undefined ? {} : { toolCallId }),
        title,
        ...(name === undefined ? {} : { name }),
        ...(paths === undefined ? {} : { locations: paths.map((path) => ({ path })) }),
      },
      options: options.map(({ optionId: id, name: label, kind }) => ({ id, label, kind })),
      ...(asked.onExpiry === undefined ? {} : { 'x-onExpiry': asked.onExpiry }),
      ...(state === 'expired' && outcome !== 'cancelled'
        ? { 'x-expiresAfterMs': waitMs }
        : { decision, 'x-answerAfterMs': waitMs }),
    },
  };
};

/** Whether the request, asked and answered by the script, leaves just these events. */
const says = (entry: Entry, { onExpiry }: ApprovalBody, bodies: readonly EventBody[]): boolean => {
  const request = TimelineEntry.safeParse(entry).data?.agentPermissionRequest;
  if (request === undefined) return false;
  const said: EventBody[] = [];
  const policy = onExpiry === undefined ? defaultApprovals : { ...defaultApprovals, onExpiry };
  const approvals = createApprovals({ clock: still, policy, say: (body) => said.push(body) });
  approvals.ask({ request, tool: undefined, speed: 1, onSettled: () => {} }).settleByScript();
  return isSame(said, bodies);
};

/** Time is not what is compared. */
const still: Clock = { now: () => 0, schedule: () => () => {} };
