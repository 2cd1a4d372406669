import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const cancel: Handler<Contract['sessions']['delete']> = async ({ params, view, signal }) => {
  await view.tasks.cancelSession(params.id, { signal });
  return { status: 204, body: undefined };
};
