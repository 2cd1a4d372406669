import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { accepted } from './accepted.ts';

export const resume: Handler<Contract['sessions']['resume']> = async ({ params, body, view, effect }) => {
  await view.tasks.resumeSession(params.id, body, effect(accepted));
  return accepted();
};
