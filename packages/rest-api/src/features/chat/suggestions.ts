import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const suggestions: Handler<Contract['chat']['suggestions']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.suggestions(params.id, { signal }),
});
