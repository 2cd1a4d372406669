import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import type { Refusal } from '../exchange/reply.ts';

/** A failure as both APIs of OpenAI tell it. */
export const openaiFailure = ({ type, message }: Refusal): JsonObject => ({
  error: { message, type, param: null, code: type },
});
