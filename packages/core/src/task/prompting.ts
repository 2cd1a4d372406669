import { livePromptBytes, type Prompt } from '@agent-harbor/api-contract/schemas';
import { untilAborted } from '../call.ts';
import { utf8Bytes } from '../event/bytes.ts';
import type { Executor } from '../executor/executor.ts';
import type { Ids } from '../ids.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Calling } from './once.ts';

/** The name of a request for work outside the store: every repetition of the request has it. */
export const commandId = (ids: Ids, calling: Calling<never>, sessionId: string): string =>
  calling.commandId ?? ids.next('command', sessionId);

/** A prompt on its way to an agent. */
interface HandedPrompt {
  readonly id: string;
  readonly prompt: Prompt;
  /** The model the agent shall use from here on. */
  readonly model?: string | undefined;
  readonly calling: Calling<never>;
}

/** Hands the agent of a session a prompt; resolves when it is in the journal. */
export const hand = (
  executor: Executor,
  sessionId: string,
  { id, prompt, model, calling }: HandedPrompt,
): Promise<void> =>
  untilAborted(calling.signal, () =>
    executor.prompt(sessionId, { id, prompt, author: calling.by, ...(model === undefined ? {} : { model }) }),
  );

/** The same for a session that runs, or that ended after it took the prompt. */
export const handToRunning = async (
  executor: Executor,
  { id: sessionId, status }: Pick<SessionRecord, 'id' | 'status'>,
  command: HandedPrompt,
): Promise<void> => {
  const isOver = isTerminal(status);
  if (status !== 'running' && !isOver)
    throw new Problem('wrong-state', { detail: `The session is ${status}; it takes no prompt now.` });
  const ended = new Problem('session-ended', { detail: `The session is ${status}.` });
  await handed(command.calling, isOver, ended, () => hand(executor, sessionId, command));
};

/** Hands over a command. Where the session is over only one that was taken before it ended is none too late. */
export const handed = async (
  { commandId: named, signal }: Calling<never>,
  isOver: boolean,
  tooLate: Problem,
  give: () => Promise<void>,
): Promise<void> => {
  if (!isOver) return give();
  if (named === undefined) throw tooLate;
  await give().catch(() => {
    throwIfAborted(signal);
    throw tooLate;
  });
};

/** Refuses what is too long for an agent that runs. */
export const checkSize = (prompt: Prompt): void => {
  const bytes = utf8Bytes(typeof prompt === 'string' ? prompt : JSON.stringify(prompt));
  if (bytes <= livePromptBytes) return;
  throw new Problem('payload-too-large', {
    detail: `The prompt has ${bytes} bytes; a running session takes at most ${livePromptBytes}.`,
  });
};
