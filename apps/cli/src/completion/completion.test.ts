import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { createFakeIo } from '../testing/fake-io.ts';

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const io = createFakeIo();
    expect(await run(['completion', shell], io)).toBe(0);
    scripts[shell] = io.out();
  }
});

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

test.each(['bash', 'zsh', 'fish'])('the script for %s knows every command and flag', (shell) => {
  for (const word of ['access-point', 'mock-server', 'session', 'diff', 'idempotency-key', 'allow-origin']) {
    expect(scripts[shell]).toContain(word);
  }
  expect(scripts[shell]).not.toMatch(/\bmock-agent\b|agent mock"/);
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test.skipIf(!has(shell))(`${shell} reads its script`, () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: scripts[shell], encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
}

describe.skipIf(!has('bash'))('in bash', () => {
  /** What Tab offers behind these words; the last one is being typed. */
  const offered = (...words: readonly string[]): string[] =>
    execFileSync(
      'bash',
      [
        '-c',
        // As the lists of names answer.
        `ah() { 
  [[ "$*" == "session list --names"* ]] && printf '%s\\n' 01AAA 01BBB agent/fix shop/agent/fix
  [[ "$*" == "remote agents --types"* ]] && printf '%s\\n' mock acp
  [[ "$*" == "scenario list --names"* ]] && printf '%s\\n' quick-edit
  [[ "$*" == "session approvals --ids"* ]] && printf '%s\\n' 01CCC
}
${scripts.bash}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ah; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        'ah',
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter(Boolean);

  test('commands, then their verbs, then their flags', () => {
    expect(offered('se')).toEqual(['session']);
    expect(offered('session', 'st')).toEqual(['stop']);
    expect(offered('agent', 'access-point', '--stop')).toEqual(['--stop-sessions', '--stop-grace']);
  });

  test('session ids of the server, and the flags of the command', () => {
    expect(offered('session', 'get', '')).toEqual(
      expect.arrayContaining(['latest', '01AAA', '01BBB', '--json']),
    );
    expect(offered('session', 'diff', '01A')).toEqual(['01AAA']);
    expect(offered('session', 'diff', '--co')).toEqual(['--config', '--context']);
    expect(offered('session', 'list', '01')).toEqual([]);
    expect(offered('session', 'approve', '01')).toEqual(['01CCC']);
    expect(offered('session', 'prompt', '01A')).toEqual(['01AAA']);
    expect(offered('session', 'attach', 'shop')).toEqual(['shop/agent/fix']);
    expect(offered('remote', 'agents', 'm')).toEqual(['mock']);
    expect(offered('scenario', 'show', 'q')).toEqual(['quick-edit']);
  });

  test('what may stand behind a flag', () => {
    expect(offered('task', '--agent', 'a')).toEqual(['acp']);
    expect(offered('session', 'logs', 'latest', '--level', 'w')).toEqual(['warn']);
    expect(offered('session', 'list', '--status', 'pa')).toEqual(['pausing', 'paused']);
    expect(offered('session', 'approve', '01CCC', '--session', 'lat')).toEqual(['latest']);
    expect(offered('session', 'events', 'latest', '--type', 'tool')).toEqual(['tool_use', 'tool_result']);
  });
});
