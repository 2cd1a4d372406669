import { writeFile } from 'node:fs/promises';
import { defaultApprovals } from '@agent-harbor/core/approval';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readRunFile } from './run-file.ts';
import { sessionDirectoryAt } from './session-directory.ts';

const ofFirstRelease = {
  version: 1,
  sessionId: 's',
  protocol: 'acp',
  argv: ['agent'],
  env: {},
  prompt: [{ type: 'text', text: 'Do it.' }],
  workspace: { path: '/w', baseCommit: null, branch: null },
  stateDir: '/s',
  tree: { kind: 'environment' },
  socket: '/s.sock',
  outputLimitBytes: 1,
};
const approvals = {
  default: 'ask',
  rules: [
    { tool: 'edit', decision: 'allow' },
    { path: 'a', decision: 'deny' },
  ],
  expiresAfterSeconds: 5,
  onExpiry: 'allow',
};

const read = async (run: unknown) => {
  const directory = sessionDirectoryAt(await temporaryDirectory());
  await writeFile(directory.run, JSON.stringify(run));
  return readRunFile(directory);
};

test('a run of the first release is read, and asks people', async () => {
  expect(await read(ofFirstRelease)).toEqual({
    ...ofFirstRelease,
    approvals: defaultApprovals,
    idleTimeoutMs: 0,
  });
});

test('a run is read as it was written', async () => {
  const run = {
    ...ofFirstRelease,
    version: 2,
    approvals,
    idleTimeoutMs: 7,
    checks: [{ command: 'a', argv: ['a'] }],
  };
  expect(await read(run)).toEqual(run);
});

test.each([
  ['a newer version', { version: 5 }],
  ['a version that is no number', { version: '4' }],
  ['wishes that are none', { acp: { signIn: [1] } }],
  ['a model that is no text', { acp: { model: 1 } }],
  ['a terminal without a size', { protocol: 'terminal', terminal: { cols: 80 } }],
  ['no policy', { approvals: undefined }],
  ['an unknown decision', { approvals: { ...approvals, default: 'maybe' } }],
  ['a rule without anything to match', { approvals: { ...approvals, rules: [{ decision: 'allow' }] } }],
  [
    'a rule with a tool that is no pattern',
    { approvals: { ...approvals, rules: [{ tool: 1, path: 'a', decision: 'deny' }] } },
  ],
  ['a check without a program', { checks: [{ command: 'npm test', argv: [] }] }],
  ['no time to wait', { idleTimeoutMs: '7' }],
])('a run with %s is refused', async (_what, change) => {
  const run = { ...ofFirstRelease, version: 2, approvals, idleTimeoutMs: 7, ...change };
  await expect(read(run)).rejects.toThrow('not a run this recorder understands');
});
