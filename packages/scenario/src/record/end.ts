import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Reading } from './readings.ts';
import type { Entry } from './timeline-writer.ts';

/** How a session ended, as an entry. */
interface RecordedEnd {
  readonly entry: Entry | undefined;
  readonly atMs: number;
  /** How many of the last events the entry tells itself. */
  readonly told: number;
  /** The last turn ended well. */
  readonly isGood: boolean;
  readonly remarks: readonly string[];
}

interface Ended {
  readonly status: SessionStatus;
  readonly statusReason?: string | undefined;
  readonly exitCode?: number | undefined;
}

/** The end of the session: its agent's where the agent ended it, its user's where a user did. */
export const recordEnd = (session: Ended, items: readonly Reading[]): RecordedEnd => {
  const { status, statusReason = '', exitCode } = session;
  const last = items.at(-1);
  // A prompt in the very millisecond of the end would come too late.
  const atMs = (last?.atMs ?? 0) + (last?.body.type === 'user_input' ? 1 : 0);
  const plain = { atMs, told: 0, isGood: false, remarks: [] };
  switch (status) {
    case 'completed':
      return exitCode === 0
        ? { ...plain, entry: { complete: { exitCode: 0 } } }
        : { ...plain, entry: { complete: true }, isGood: true };
    case 'failed':
      return { ...plain, ...failure(statusReason, items) };
    case 'cancelled':
      return { ...plain, entry: { userCancelSession: true } };
    case 'stopped':
      return {
        ...plain,
        entry: { userCancelSession: true },
        remarks: ['that it was stopped: it ends as cancelled, as only a caller can stop a session'],
      };
    default:
      return {
        ...plain,
        entry: undefined,
        isGood: true,
        remarks: [`what comes next: the session is ${status}`],
      };
  }
};

const failure = (
  reason: string,
  items: readonly Reading[],
): Pick<RecordedEnd, 'entry'> & { told?: number } => {
  const exited = /^The agent exited with code (\d+)\.(?: Its last output: ([\s\S]*))?$/.exec(reason);
  if (exited !== null) {
    const [, code, message = ''] = exited;
    const exitCode = Number(code);
    return toldByLog(message, items)
      ? { entry: { error: { message, exitCode } }, told: 1 }
      : { entry: { error: { message, exitCode, 'x-printed': false } } };
  }
  const signalled = /^The agent was ended by (\S+)\.(?: Its last output: ([\s\S]*))?$/.exec(reason);
  if (signalled !== null) {
    const [, signal = '', message = ''] = signalled;
    return toldByLog(message, items)
      ? { entry: { error: { message, 'x-signal': signal } }, told: 1 }
      : { entry: { error: { message, 'x-signal': signal, 'x-printed': false } } };
  }
  const [, stopReason] = /^The agent ended its turn with (\w+)\.$/.exec(reason) ?? [];
  const known = stopReasons.find((each) => each === stopReason);
  if (known !== undefined) return { entry: { complete: { stopReason: known } } };
  return { entry: { error: { message: reason, 'x-lost': true } } };
};

const stopReasons = ['max_tokens', 'max_turn_requests', 'refusal', 'cancelled'] as const;

/** Whether the last event is what the end prints by itself. */
const toldByLog = (message: string, items: readonly Reading[]): boolean => {
  const body = items.at(-1)?.body;
  if (body?.type !== 'log' || message === '') return false;
  const { level, stream, continued, tool_execution_id } = body;
  const isPlain = continued === undefined && tool_execution_id === undefined;
  return isPlain && level === 'error' && stream === 'stderr' && body.message === message;
};
