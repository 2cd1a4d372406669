import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const threads: Handler<Contract['chat']['threads']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.threads(params.id, { signal }),
});
