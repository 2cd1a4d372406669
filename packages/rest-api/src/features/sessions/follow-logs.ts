import type { LogQuery } from '@agent-harbor/api-contract/schemas';
import { type EventLog, fieldProblem, formatEventId, parseEventId } from '@agent-harbor/core';
import type { StreamReply } from '../../http/call.ts';

/** The last `tail` log lines of a session, then the new ones as they come, without a gap between them. */
export const followLogs = async (
  log: EventLog,
  sessionId: string,
  { tail, level, tool_execution_id, cursor }: LogQuery,
  signal: AbortSignal,
): Promise<StreamReply> => {
  if (cursor !== undefined) throw fieldProblem('cursor', 'cannot be combined with follow');
  const { items } = await log.history(sessionId, {
    type: ['log'],
    level,
    tool_execution_id,
    perPage: 1,
    page: tail,
    sort: 'desc',
  });
  const first = items[0]?.seq ?? 1;
  const { epoch } = parseEventId((await log.open({ sessionId, signal })).cursor);
  const after = formatEventId(epoch, first - 1);
  const filter = { types: ['log'], level, toolExecutionId: tool_execution_id } as const;
  const stream = await log.open({ sessionId, after, filter, signal });
  return { status: 200, stream, format: 'log-lines' };
};
