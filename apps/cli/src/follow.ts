import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { StreamItem, SubscribeOptions } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import type { Context } from './command.ts';
import { eventLine } from './render/event.ts';

/** Shows a session's events as they come, until it ends or the person does; gives the last status. */
export const followSession = async (
  context: Context,
  client: HarborClient,
  sessionId: string,
  options: SubscribeOptions & { readonly prefix?: string } = {},
): Promise<SessionStatus | undefined> => {
  const { prefix = '', ...subscription } = options;
  const { interrupted, stdout } = context.io;
  // Lines are cut at a terminal only: whoever reads a pipe wants the whole.
  const columns =
    stdout.isTTY === true && stdout.columns !== undefined ? stdout.columns - prefix.length : undefined;
  let status: SessionStatus | undefined;
  for await (const item of client.tasks.subscribe(sessionId, { signal: interrupted, ...subscription })) {
    const { event } = item;
    if (event.type === 'status' && 'status' in event) {
      status = SessionStatus.safeParse(event.status).data ?? status;
    }
    if (context.json) context.printJson(asJson(item));
    else context.print(prefix + eventLine(event, context.style, columns));
  }
  return status;
};

/** An event with the id to resume after it, as programs get it. */
const asJson = ({ id, event }: StreamItem): object => ({ id, ...event });
