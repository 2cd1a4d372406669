import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { accepted } from '../sessions/accepted.ts';

export const resize: Handler<Contract['terminal']['resize']> = async ({ params, body, view, effect }) => {
  await view.terminals.resizeTerminal(params.id, body, effect(accepted));
  return accepted();
};
