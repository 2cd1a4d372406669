import type { Contract } from '@agent-harbor/api-contract';
import { preferred } from '../../http/accept.ts';
import type { Handler } from '../../http/call.ts';

export const pty: Handler<Contract['terminal']['pty']> = async ({
  params,
  query,
  headers,
  view,
  accept,
  signal,
}) => {
  const options = { after: headers['last-event-id'] || query.after, signal };
  if (preferred(accept, ['text/event-stream', 'application/json']) === 'application/json') {
    return { status: 200, body: await view.terminals.terminalPage(params.id, options) };
  }
  const stream = await view.terminals.openTerminal(params.id, options);
  if (stream.ended) return { status: 204, body: undefined };
  return { status: 200, stream, format: 'terminal' };
};
