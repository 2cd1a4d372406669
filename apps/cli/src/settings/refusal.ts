import { Failure, usageFailure } from '../failure.ts';

/** What is wrong with settings, each named where it was said: a wrong flag is a wrong command line. */
export const refusal = (wrong: readonly (readonly [origin: string, message: string])[]): Failure => {
  const detail = wrong.map(([origin, message]) => `${origin}: ${message}`).join('\n');
  if (wrong.every(([origin]) => origin.startsWith('--'))) return usageFailure(detail);
  return new Failure('config', {
    happened: 'The configuration cannot be used',
    detail,
    remedy: `Correct what is named; \`ah ${commandOf(wrong)} --help\` lists the settings.`,
  });
};

/** The command it is about: each of the mocks has settings of its own. */
const commandOf = (wrong: readonly (readonly [origin: string, message: string])[]): string => {
  const has = (sign: RegExp) => wrong.some(([origin]) => sign.test(origin));
  if (has(/^(?:AH_MOCK_LLM_|mockLlm\.)/)) return 'mock-llm';
  return has(/^(?:AH_MOCK_|mockServer\.)/) ? 'mock-server' : 'agent access-point';
};
