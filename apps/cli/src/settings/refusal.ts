import { Failure, usageFailure } from '../failure.ts';

/** What is wrong with settings, each named where it was said: a wrong flag is a wrong command line. */
export const refusal = (wrong: readonly (readonly [origin: string, message: string])[]): Failure => {
  const detail = wrong.map(([origin, message]) => `${origin}: ${message}`).join('\n');
  if (wrong.every(([origin]) => origin.startsWith('--'))) return usageFailure(detail);
  return new Failure('config', {
    happened: 'The configuration cannot be used',
    detail,
    remedy: `Correct what is named; \`ah ${ofTheMock(wrong) ? 'mock-server' : 'agent access-point'} --help\` lists the settings.`,
  });
};

/** Whether it is about the mock server, which has settings of its own. */
const ofTheMock = (wrong: readonly (readonly [origin: string, message: string])[]): boolean =>
  wrong.some(([origin]) => /^(?:AH_MOCK_|mockServer\.)/.test(origin));
