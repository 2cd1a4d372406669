import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const summarize: Handler<Contract['chat']['summarize']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.summarize(params.id, { signal }),
});
