import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const models: Handler<Contract['chat']['models']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.conversations.models(params.id, { signal }),
});
