import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const remove: Handler<Contract['drafts']['delete']> = async ({ params, view, signal }) => {
  await view.tasks.deleteDraft(params.id, { signal });
  return { status: 204, body: undefined };
};
