import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { accepted } from './accepted.ts';

export const stop: Handler<Contract['sessions']['stop']> = async ({ params, view, effect }) => {
  await view.tasks.stopSession(params.id, effect(accepted));
  return accepted();
};
