import type { Contract } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core';
import { preferred } from '../../http/accept.ts';
import type { Handler } from '../../http/call.ts';
import { logLine } from '../../http/event-stream/log-line.ts';
import { followLogs } from './follow-logs.ts';

export const logs: Handler<Contract['sessions']['logs']> = async ({
  params,
  query,
  view,
  accept,
  signal,
}) => {
  if (query.follow === 'true') {
    if (accept('text/plain').quality > 0) return followLogs(view.events, params.id, query, signal);
    throw new Problem('not-acceptable', {
      detail: 'Logs are followed as text/plain; the events route streams JSON.',
    });
  }
  const page = await view.events.logs(params.id, query);
  return preferred(accept, ['application/json', 'text/plain']) === 'text/plain'
    ? { status: 200, text: page.logs.map(logLine).join(''), mediaType: 'text/plain' }
    : { status: 200, body: page };
};
