import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const get: Handler<Contract['sessions']['get']> = async ({ params, query, view }) => ({
  status: 200,
  json: await view.tasks.sessionText(params.id, { archived: query.archived === 'true' }),
});
