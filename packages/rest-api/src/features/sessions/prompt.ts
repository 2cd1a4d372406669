import type { Contract } from '@agent-harbor/api-contract';
import type { PromptAccepted } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const taken = (body: PromptAccepted) => ({ status: 202, body }) as const;

export const prompt: Handler<Contract['sessions']['prompt']> = async ({ params, body, view, effect }) => {
  const words = 'prompt' in body ? body.prompt : body.message;
  return taken(await view.tasks.promptSession(params.id, words, effect(taken)));
};
