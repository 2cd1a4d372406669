import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const context: Handler<Contract['chat']['context']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.context(params.id, { signal }),
});
