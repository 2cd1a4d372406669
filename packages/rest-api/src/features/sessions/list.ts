import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const list: Handler<Contract['sessions']['list']> = async ({ query, view }) => ({
  status: 200,
  json: await view.tasks.sessionsText(query),
});
