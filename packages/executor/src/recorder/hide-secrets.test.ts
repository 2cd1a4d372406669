import { expect, test } from 'vitest';
import { begin, bodies, follow, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { hidingSecretsOf } from './hide-secrets.ts';

const env = {
  MY_API_KEY: 'sk-0123456789',
  LONGER_TOKEN: 'sk-0123456789-more',
  PATH: '/usr/bin:/bin',
  SHORT_KEY: 'any',
};

test('the name stands in place of the secret, wherever it stands', () => {
  const hide = hidingSecretsOf(env);
  const args = { list: ['x', { deep: 'Bearer sk-0123456789-more, sk-0123456789sk-0123456789' }], count: 3 };
  const body = { type: 'tool_use', args, path: '/usr/bin:/bin', word: 'any' };
  expect(hide(body)).toEqual({
    type: 'tool_use',
    args: { list: ['x', { deep: 'Bearer [LONGER_TOKEN], [MY_API_KEY][MY_API_KEY]' }], count: 3 },
    path: '/usr/bin:/bin',
    word: 'any',
  });
  // What was said stays what it is.
  expect(args.list[1]).toEqual({ deep: expect.stringContaining('sk-0123456789') });
});

test('what has no secret in it is given as it is', () => {
  const body = { type: 'log', message: 'MY_API_KEY' };
  expect(hidingSecretsOf(env)(body)).toBe(body);
  expect(hidingSecretsOf({ PATH: '/usr/bin:/bin' })(body)).toBe(body);
});

test.skipIf(process.platform === 'win32')(
  'what an agent prints of its keys is not recorded',
  async () => {
    const executor = await openExecutor(await temporaryDirectory(), {
      environment: { PATH: process.env.PATH, MY_KEY: 'a-long-secret' },
      agentLends: { command: { variables: ['MY_KEY'], files: [] } },
    });
    const script = 'echo "my key is $MY_KEY"; echo "$MY_KEY" > kept.txt; echo "no $MY_KEY" >&2; exit 3';
    const run = runOf({ type: 'command', settings: { command: ['sh', '-c', script] }, prompt: 'x' });
    await begin(executor, run);
    const recorded = await follow(executor, run.sessionId);
    const told = JSON.stringify([bodies(recorded), recorded.exit]);
    expect(told).toContain('my key is [MY_KEY]');
    expect(told).toContain('no [MY_KEY]');
    expect(told).toContain('kept.txt');
    expect(told).not.toContain('a-long-secret');
  },
  60_000,
);
