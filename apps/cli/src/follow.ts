import { ApprovalEvent, SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { StreamItem, SubscribeOptions } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { commandHere } from './here-flags.ts';
import { OutputClosed } from './io.ts';
import { eventLine } from './render/event.ts';
import { paint, type Text } from './terminal/text.ts';

/** Shows a session's events as they come, until it ends or the person does; gives the last status. */
export const followSession = async (
  context: Context,
  client: HarborClient,
  sessionId: string,
  options: SubscribeOptions & { readonly prefix?: string } = {},
): Promise<SessionStatus | undefined> => {
  const { prefix = '', ...subscription } = options;
  const { io, json } = context;
  let status: SessionStatus | undefined;
  context.doing('Waiting for what happens');
  for await (const item of client.tasks.subscribe(sessionId, { signal: io.interrupted, ...subscription })) {
    const { event } = item;
    if (event.type === 'status' && 'status' in event) {
      status = SessionStatus.safeParse(event.status).data ?? status;
    }
    if (json) await context.printJson(asJson(item));
    else {
      const columns = context.columns && context.columns - prefix.length;
      await context.print([prefix, eventLine(event, columns)]);
      const asked = openRequest(event);
      if (asked !== undefined)
        await context.print([prefix, await answerLine(context, client.base, sessionId, asked)]);
    }
  }
  return status;
};

/** What somebody can still answer, by its id; a stream also tells of what was asked long ago. */
const openRequest = (event: StreamItem['event']): string | undefined => {
  const asked = ApprovalEvent.safeParse(event).data;
  if (asked?.state !== 'requested') return undefined;
  const isOver = asked.expiresAt !== undefined && Date.parse(asked.expiresAt) <= Date.now();
  return isOver ? undefined : asked.approvalId;
};

/** What to type to answer. */
const answerLine = async (
  context: Context,
  base: string,
  sessionId: string,
  approvalId: string,
): Promise<Text> => {
  const words = ['session', 'approve', approvalId, '--session', sessionId];
  const margin = ' '.repeat(20);
  return [margin, paint('bold', await commandHere(context, base, words)), paint('dim', '  (or with --deny)')];
};

/** Shows every session of a task; several at once get a number in front of their lines. */
export const followAll = (
  context: Context,
  client: HarborClient,
  ids: readonly string[],
): Promise<readonly (SessionStatus | undefined)[]> =>
  Promise.all(
    ids.map((id, index) =>
      followSession(context, client, id, {
        prefix: ids.length === 1 || context.json ? '' : `[${index + 1}] `,
      }),
    ),
  );

/** The exit code of a command that tells how sessions ended: when nobody reads on, that is not known. */
export const toTheEnd = async (watch: Promise<ExitCode>): Promise<ExitCode> => {
  try {
    return await watch;
  } catch (error) {
    if (error instanceof OutputClosed) return exitCodes.interrupted;
    throw error;
  }
};

/** An event with the id to resume after it, as programs get it. */
const asJson = ({ id, event }: StreamItem): object => ({ id, ...event });
