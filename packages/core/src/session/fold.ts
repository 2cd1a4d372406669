import { timestamp } from '../clock.ts';
import type { NewEvent } from '../executor/executor.ts';
import { isTerminal } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';

/** The session after one more event. Every event of the union is named, so a new one asks what it means here. */
export const fold = (session: SessionRecord, { at, body }: NewEvent): SessionRecord => {
  const ts = timestamp(at);
  // biome-ignore lint/complexity/useMathMinMax: timestamps are texts of one form and compare as texts
  const touched = { ...session, updatedAt: ts > session.updatedAt ? ts : session.updatedAt };
  switch (body.type) {
    case 'status':
      return {
        ...touched,
        status: body.status,
        statusReason: body.reason,
        ...(body.exitCode === undefined ? {} : { exitCode: body.exitCode }),
        ...(body.status === 'running' && session.startedAt === undefined ? { startedAt: ts } : {}),
        ...(isTerminal(body.status) ? { endedAt: ts } : {}),
        ...(body.status === 'completed' ? { completedAt: ts } : {}),
      };
    case 'delivery':
      return {
        ...touched,
        delivered: { state: body.state, branch: body.branch, commit: body.commit, reason: body.reason },
      };
    case 'log':
    case 'thought':
    case 'message':
    case 'tool_use':
    case 'tool_result':
    case 'file_edit':
    case 'diff':
    case 'plan':
    case 'usage':
    case 'user_input':
    case 'approval':
      return touched;
  }
};

/** Whether an event changes nothing of the session but when it last changed. Every event is named here as well. */
export const onlyTouches = ({ type }: NewEvent['body']): boolean => touching[type];

const touching = {
  status: false,
  delivery: false,
  log: true,
  thought: true,
  message: true,
  tool_use: true,
  tool_result: true,
  file_edit: true,
  diff: true,
  plan: true,
  usage: true,
  user_input: true,
  approval: true,
} as const satisfies Record<NewEvent['body']['type'], boolean>;
