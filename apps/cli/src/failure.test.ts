import { Problem } from '@agent-harbor/core/problem';
import { expect, test } from 'vitest';
import { describeFailure, exitCodeOf, Failure, failureJson } from './failure.ts';
import { renderLine } from './terminal/text.ts';

const plain = (error: unknown): string[] => describeFailure(error).map((line) => renderLine(line, false));

test('a problem says what happened, what it means and what to do', () => {
  const problem = new Problem('invalid-request', {
    detail: 'repo.url: is required',
    errors: { 'repo.url': ['is required'], prompt: ['must not be empty', 'must be text'] },
    requestId: 'r1',
  });
  expect(plain(problem)).toEqual([
    'ah: The request does not match the contract',
    '  repo.url: is required',
    '  prompt: must not be empty; must be text',
    '  Correct what is named above.',
    '  (request r1)',
  ]);
  expect(JSON.parse(failureJson(problem))).toMatchObject({
    error: { code: 'invalid-request', status: 400, requestId: 'r1' },
  });
});

test('nothing a server says acts on the terminal', () => {
  const problem = new Problem('internal', { detail: 'x\u001b]52;c;eA==\u0007\u009b2J\ry' });
  expect(plain(problem).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(failureJson(problem)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test.each([
  [new Problem('unauthorized'), 4],
  [new Problem('connection-failed'), 5],
  [new Problem('storage-full'), 6],
  [new Problem('invalid-request'), 7],
  [new Problem('unsupported-choice'), 3],
  [new Problem('repository-not-found'), 2],
  [new Problem('session-not-found'), 1],
  [new Problem('aborted'), 130],
  [new Failure('config', { happened: 'x' }), 8],
  [new Error('bug'), 1],
  ['a string', 1],
])('%s ends with %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
