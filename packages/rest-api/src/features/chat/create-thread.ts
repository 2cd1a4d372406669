import type { Contract } from '@agent-harbor/api-contract';
import type { CreatedThread } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const created = (body: CreatedThread) => ({ status: 201, body }) as const;

export const createThread: Handler<Contract['chat']['createThread']> = async ({
  params,
  body,
  view,
  effect,
}) => created(await view.conversations.createThread(params.id, body, effect(created)));
