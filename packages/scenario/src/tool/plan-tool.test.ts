import { expect, test } from 'vitest';
import { ToolUse } from '../format/tool-use.ts';
import { planTool } from './plan-tool.ts';

const plan = (toolName: string, args: Record<string, unknown>) => planTool(ToolUse.parse({ toolName, args }));

test('commands become an argv, never a shell line', () => {
  expect(plan('runCmd', { cmd: 'npm test' })).toEqual({ kind: 'run', argv: ['npm', 'test'], cwd: '' });
  expect(plan('runCmd', { cmd: ['a', '$(b)'], cwd: 'x/./y' })).toEqual({
    kind: 'run',
    argv: ['a', '$(b)'],
    cwd: 'x/y',
  });
  expect(plan('run_command', { command: 'a > b' })).toEqual({ kind: 'run', argv: undefined, cwd: '' });
});

test('file tools stay in the workspace', () => {
  expect(plan('writeFile', { path: './a', content: 'x' })).toEqual({
    kind: 'edit',
    edit: { path: 'a', contents: 'x' },
    everywhere: false,
  });
  expect(plan('editFile', { path: 'a', old_string: 'b', new_string: 'c', replace_all: true })).toEqual({
    kind: 'edit',
    edit: { path: 'a', oldText: 'b', newText: 'c' },
    everywhere: true,
  });
  expect(plan('readFile', { path: 'a' })).toEqual({ kind: 'read', path: 'a' });
  for (const path of ['/etc/passwd', '../a', 'a/../../b', '', '.', 'a\u0000']) {
    expect(plan('readFile', { path }).kind, path).toBe('refused');
    expect(plan('writeFile', { path, content: '' }).kind, path).toBe('refused');
    expect(plan('editFile', { path, old_string: 'a', new_string: 'b' }).kind, path).toBe('refused');
    if (path !== '.') expect(plan('runCmd', { cmd: 'ls', cwd: path }).kind, path).toBe('refused');
  }
});

test('arguments that are wrong are named, other tools are taken as told', () => {
  expect(plan('runCmd', { command: 'ls' })).toEqual({ kind: 'refused', reason: 'cmd: Invalid input' });
  expect(plan('writeFile', { path: 'a' })).toEqual({ kind: 'refused', reason: 'content: Required' });
  expect(plan('webFetch', { url: 'https://example.com' })).toEqual({ kind: 'told' });
});
