import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { accepted } from './accepted.ts';

export const pause: Handler<Contract['sessions']['pause']> = async ({ params, view, effect }) => {
  await view.tasks.pauseSession(params.id, effect(accepted));
  return accepted();
};
