import type { Check, SessionUsage } from '@agent-harbor/api-contract/schemas';
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
        delivered: {
          state: body.state,
          mode: body.mode,
          branch: body.branch,
          targetBranch: body.targetBranch,
          commit: body.commit,
          url: body.url,
          reason: body.reason,
        },
      };
    case 'usage':
      return { ...touched, usage: added(session.usage, body) };
    case 'check':
      return { ...touched, checks: checked(session.checks ?? [], body) };
    case 'agent_session':
      return { ...touched, agent: { ...session.agent, sessionId: body.agent_session_id } };
    case 'log':
    case 'thought':
    case 'message':
    case 'tool_use':
    case 'tool_result':
    case 'file_edit':
    case 'diff':
    case 'plan':
    case 'models':
    case 'user_input':
    case 'approval':
      return touched;
  }
};

type Body<Type extends NewEvent['body']['type']> = Extract<NewEvent['body'], { type: Type }>;

/** A cost is that of the turns that told one; without any it is not known. */
const added = (before: SessionUsage | undefined, turn: Body<'usage'>): SessionUsage => {
  const cost = turn.cost_micro_usd ?? before?.cost_micro_usd;
  return {
    input_tokens: (before?.input_tokens ?? 0) + turn.input_tokens,
    output_tokens: (before?.output_tokens ?? 0) + turn.output_tokens,
    ...(cost === undefined
      ? {}
      : { cost_micro_usd: (before?.cost_micro_usd ?? 0) + (turn.cost_micro_usd ?? 0) }),
  };
};

const checked = (before: readonly Check[], { number, command, ...news }: Body<'check'>): Check[] => {
  const { state, exit_code: exitCode, duration_ms: durationMs } = news;
  const check: Check = {
    command,
    state,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
  return number > before.length ? [...before, check] : before.with(number - 1, check);
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
  usage: false,
  models: true,
  agent_session: false,
  check: false,
  user_input: true,
  approval: true,
} as const satisfies Record<NewEvent['body']['type'], boolean>;
