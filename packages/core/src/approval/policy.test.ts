import type { ApprovalPolicy } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { matches } from './pattern.ts';
import { decisionFor, defaultApprovals } from './policy.ts';

describe('a pattern', () => {
  it.each([
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/deep/a.ts', false],
    ['src/**', 'src/deep/a.ts', true],
    ['**/*.md', 'docs/deep/a.md', true],
    ['**', '', true],
    ['*', 'a/b', false],
    ['***', 'a/b', true],
    ['a*', 'a', true],
    ['', '', true],
    ['', 'a', false],
    ['a.b', 'axb', false],
    ['a*b', 'a*b', true],
    ['*b', 'a*b', true],
    ['bash', 'bash', true],
    ['bash', 'bashful', false],
    ['a😀*', 'a😀b', true],
  ])('%j and %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('costs no more than the product of the lengths', () => {
    expect(matches('**a'.repeat(1_000), `${'a'.repeat(1_000)}b`)).toBe(false);
  });
});

describe('the policy', () => {
  const policy: ApprovalPolicy = {
    ...defaultApprovals,
    rules: [
      { tool: 'read*', decision: 'allow' },
      { path: 'src/**', decision: 'allow' },
      { tool: 'edit', path: 'src/secret/**', decision: 'deny' },
    ],
  };

  it('asks where nothing holds', () => {
    expect(decisionFor(policy, { tool: 'bash', paths: [] })).toBe('ask');
    expect(decisionFor(policy, { tool: undefined, paths: ['docs/a.md'] })).toBe('ask');
  });

  it('follows the last rule that holds', () => {
    expect(decisionFor(policy, { tool: 'edit', paths: ['src/secret/key'] })).toBe('deny');
    expect(decisionFor(policy, { tool: 'edit', paths: ['src/a.ts'] })).toBe('allow');
    expect(decisionFor(policy, { tool: 'read_file', paths: ['/etc/hosts'] })).toBe('allow');
  });

  it('knows a tool by its name and by its kind', () => {
    expect(decisionFor(policy, { tool: 'Write', kind: 'edit', paths: ['src/secret/key'] })).toBe('deny');
    expect(decisionFor(policy, { tool: 'read_file', kind: 'other', paths: [] })).toBe('allow');
    expect(decisionFor(policy, { tool: undefined, kind: 'read', paths: [] })).toBe('allow');
    expect(decisionFor(policy, { tool: 'Write', kind: 'move', paths: ['docs/a.md'] })).toBe('ask');
  });

  it('refuses or asks as soon as one path is meant', () => {
    const careful: ApprovalPolicy = {
      ...defaultApprovals,
      default: 'allow',
      rules: [
        { path: 'docs/**', decision: 'ask' },
        { path: '.env', decision: 'deny' },
      ],
    };
    expect(decisionFor(careful, { tool: 'edit', paths: ['src/a.ts', '.env'] })).toBe('deny');
    expect(decisionFor(careful, { tool: 'edit', paths: ['src/a.ts', 'docs/b.md'] })).toBe('ask');
    expect(decisionFor(careful, { tool: 'edit', paths: ['src/a.ts'] })).toBe('allow');
  });

  it('gives leave by path only when every path matches, and there is one', () => {
    expect(decisionFor(policy, { tool: 'edit', paths: ['src/a.ts', 'docs/b.md'] })).toBe('ask');
    expect(decisionFor(policy, { tool: 'edit', paths: [] })).toBe('ask');
  });
});
