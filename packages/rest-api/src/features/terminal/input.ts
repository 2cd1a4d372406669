import type { Contract } from '@agent-harbor/api-contract';
import { fieldProblem } from '@agent-harbor/core';
import type { Handler } from '../../http/call.ts';
import { accepted } from '../sessions/accepted.ts';

export const input: Handler<Contract['terminal']['input']> = async ({ params, body, view, effect }) => {
  const typed = 'text' in body ? body.text : bytesOf(body.data);
  await view.terminals.typeTerminal(params.id, typed, effect(accepted));
  return accepted();
};

const bytesOf = (base64: string): Uint8Array => {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw fieldProblem('data', 'must be base64');
  }
};
