import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const get: Handler<Contract['sessions']['get']> = async ({ params, query, view, signal }) => ({
  status: 200,
  body: await view.tasks.getSession(params.id, { archived: query.archived === 'true', signal }),
});
