import { expect, it } from 'vitest';
import { effectiveApprovals } from './effective.ts';
import { decisionFor, defaultApprovals } from './policy.ts';

it('asks, and takes silence for no, where nobody says anything', () => {
  expect(effectiveApprovals()).toEqual(defaultApprovals);
});

it('takes the word of the task before that of the host, member by member', () => {
  const host = { default: 'allow', expiresAfterSeconds: 5, onExpiry: 'allow' } as const;
  expect(effectiveApprovals(host, { default: 'deny' })).toEqual({
    default: 'deny',
    rules: [],
    expiresAfterSeconds: 5,
    onExpiry: 'allow',
  });
});

it('keeps the rules of the host, and lets those of the task except from them', () => {
  const policy = effectiveApprovals(
    { rules: [{ tool: 'execute', decision: 'deny' }] },
    { default: 'allow', rules: [{ tool: 'execute', path: 'scripts/**', decision: 'ask' }] },
  );
  expect(decisionFor(policy, { tool: 'read', paths: [] })).toBe('allow');
  expect(decisionFor(policy, { tool: 'execute', paths: [] })).toBe('deny');
  expect(decisionFor(policy, { tool: 'execute', paths: ['scripts/a'] })).toBe('ask');
});
