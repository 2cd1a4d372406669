import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const list: Handler<Contract['drafts']['list']> = async ({ query, view, signal }) => ({
  status: 200,
  body: await view.tasks.listDrafts(query, { signal }),
});
