import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Intent, Use } from '../script/item.ts';
import { agentTools } from '../testing/agent-tools.ts';
import { type Toolbox, translate } from './translate.ts';

const use = (intent: Intent, title = 'tool'): Use => ({ title, intent, expects: [] });
const box = (agent: keyof typeof agentTools, more: Partial<Toolbox> = {}): Toolbox => ({
  tools: agentTools[agent],
  cwd: '/repo',
  seen: [],
  hasPatches: false,
  ...more,
});
const read = use({ kind: 'read', path: 'src/cart.js' });
const edit = use({
  kind: 'edit',
  everywhere: false,
  edit: { path: 'src/cart.js', oldText: 'a', newText: 'b', description: 'Because' },
});
const run = use({ kind: 'run', command: ['node', '--test', "it's"], cwd: 'sub' });

describe('the tools of a scenario in the words of an agent', () => {
  test.each([
    ['claude', 'Read', { file_path: '/repo/src/cart.js' }],
    ['gemini', 'read_file', { file_path: '/repo/src/cart.js' }],
    ['codex', 'exec_command', { cmd: 'cat -- src/cart.js' }],
    ['opencode', 'read', { filePath: '/repo/src/cart.js' }],
    ['words', 'shell', { command: ['bash', '-c', 'cat -- src/cart.js'] }],
  ] as const)('%s reads a file by %s', (agent, name, input) => {
    expect(translate(read, box(agent))).toEqual({ name, input });
  });

  test.each([
    ['claude', 'Edit', { file_path: '/repo/src/cart.js', old_string: 'a', new_string: 'b' }],
    // What the tool demands beside is filled in.
    [
      'gemini',
      'replace',
      { file_path: '/repo/src/cart.js', old_string: 'a', new_string: 'b', instruction: 'Because' },
    ],
    ['opencode', 'edit', { filePath: '/repo/src/cart.js', oldString: 'a', newString: 'b' }],
  ] as const)('%s edits a file by %s', (agent, name, input) => {
    expect(translate(edit, box(agent))).toEqual({ name, input });
  });

  test.each([
    ['claude', 'Bash', { command: `node --test 'it'\\''s'` }],
    ['gemini', 'run_shell_command', { command: `node --test 'it'\\''s'`, dir_path: '/repo/sub' }],
    ['codex', 'exec_command', { cmd: `node --test 'it'\\''s'`, workdir: '/repo/sub' }],
    ['words', 'shell', { command: ['node', '--test', "it's"], workdir: '/repo/sub' }],
  ] as const)('%s runs a command by %s', (agent, name, input) => {
    expect(translate(run, box(agent))).toEqual({ name, input });
  });

  test('every place is meant only where the tool can', () => {
    const { intent } = edit;
    if (intent.kind !== 'edit') throw new Error('An edit is needed.');
    const everywhere = use({ ...intent, everywhere: true });
    expect(translate(everywhere, box('claude'))?.input).toMatchObject({ replace_all: true });
    expect(translate(edit, box('claude'))?.input).not.toHaveProperty('replace_all');
  });

  test('plans, lists and searches find their tool by what it is called elsewhere', () => {
    const plan = use({ kind: 'plan', entries: [{ content: 'Look', status: 'pending' }] });
    expect(translate(plan, box('claude'))).toEqual({
      name: 'TodoWrite',
      input: { todos: [{ content: 'Look', status: 'pending', activeForm: 'Look' }] },
    });
    expect(translate(plan, box('codex'))?.input).toEqual({ plan: [{ step: 'Look', status: 'pending' }] });
    expect(translate(plan, box('gemini'))).toBeUndefined();
    const grep = use({ kind: 'named', name: 'grep', args: { pattern: 'x y', path: 'src' } });
    expect(translate(grep, box('gemini'))).toEqual({
      name: 'grep_search',
      input: { pattern: 'x y', dir_path: 'src' },
    });
    expect(translate(grep, box('codex'))?.input).toEqual({ cmd: "grep -rn -e 'x y' -- src" });
  });

  test('a tool called as the agent does gets its arguments untouched, and one nobody has is none', () => {
    const own = use({ kind: 'named', name: 'write_stdin', args: { session_id: 3, chars: 'y' } });
    expect(translate(own, box('codex'))).toEqual({
      name: 'write_stdin',
      input: { session_id: 3, chars: 'y' },
    });
    expect(translate(use({ kind: 'named', name: 'juggle', args: {} }), box('claude'))).toBeUndefined();
  });

  test('a patch has the whole lines the agent has read', () => {
    const tools = [{ name: 'apply_patch', kind: 'freeform', schema: undefined } as const];
    const seen = ['1 first\n  x = a + 1\nthe end\n'];
    expect(translate(edit, { tools, cwd: '/repo', seen, hasPatches: true })?.input).toBe(
      '*** Begin Patch\n*** Update File: src/cart.js\n@@\n-  x = a + 1\n+  x = b + 1\n*** End Patch\n',
    );
  });
});

describe.runIf(process.platform !== 'win32')('an agent with nothing but a shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ah-mock-llm-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('makes, changes and removes a file, whatever is in it', () => {
    const path = "it's a $(touch gone) file";
    const does = (change: object) => {
      const intent = { kind: 'edit', everywhere: false, edit: { path, ...change } } as const;
      const { input } = translate(use(intent), box('codex')) ?? {};
      if (typeof input !== 'object' || typeof input.cmd !== 'string') throw new Error('A command is needed.');
      execFileSync('bash', ['-c', input.cmd], { cwd: folder, stdio: 'pipe' });
      return () => readFileSync(join(folder, path), 'utf8');
    };
    const hostile = "$1 'x' `y` \\Q.*\\E @a\n";
    expect(does({ contents: hostile })()).toBe(hostile);
    expect(does({ oldText: "'x' `y` \\Q.*\\E", newText: '$& "z" $y' })()).toBe('$1 $& "z" $y @a\n');
    expect(() => does({ oldText: 'not there', newText: 'x' })).toThrow(/the old text is not there/);
    expect(readFileSync(join(folder, path), 'utf8')).toContain('"z"');
    writeFileSync(join(folder, 'kept'), '');
    expect(does({ delete: true })).toThrow(/ENOENT/);
    expect(() => readFileSync(join(folder, 'gone'))).toThrow(/ENOENT/);
  });
});
