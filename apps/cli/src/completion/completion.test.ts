import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
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
const lacking = (shell: string): string => (has(shell) ? '' : ' (not installed here)');

test.each(['bash', 'zsh', 'fish'])('the script for %s knows every command and flag', (shell) => {
  for (const word of [
    'access-point',
    'mock-server',
    'mock-llm',
    'session',
    'diff',
    'idempotency-key',
    'allow-origin',
  ]) {
    expect(scripts[shell]).toContain(word);
  }
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test.skipIf(!has(shell))(`${shell}${lacking(shell)} reads its script`, () => {
    // By name and not through its input: fish cannot read a socket.
    const folder = mkdtempSync(join(tmpdir(), 'ah-completion-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ah'), scripts[shell] ?? '');
    const { status, stderr } = spawnSync(shell, ['-n', join(folder, 'ah')], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
}

/** As the lists of names answer, in the words of bash and zsh. */
const ah = `ah() {
  [[ "$*" == "session list --names"* ]] && printf '%s\\n' 01AAA 01BBB agent/fix shop/agent/fix
  [[ "$*" == "remote agents --types"* ]] && printf '%s\\n' mock acp
  [[ "$*" == "scenario list --names"* ]] && printf '%s\\n' quick-edit
  [[ "$*" == "session approvals --ids"* ]] && printf '%s\\n' 01CCC
  [[ "$*" == "webhook list --ids"* ]] && printf '%s\\n' wh-01DDD
}`;

/** What each shell is asked, so that it says what Tab offers behind the words it is given; the last is being typed. */
const asks: Record<string, () => readonly string[]> = {
  bash: () => [
    '-c',
    `${ah}
${scripts.bash}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ah; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
  ],
  zsh: () => [
    '-fc',
    // Outside of a line that is edited there is no compadd: this one prints what would be added.
    `${ah}
compadd() {
  local word
  while [[ $1 != -- ]]; do shift; done
  shift
  for word; do [[ $word == "$PREFIX"* ]] && print -r -- "$word"; done
}
_files() { }
_ah() {
${scripts.zsh}
}
words=("$@"); CURRENT=$#; PREFIX=\${@[-1]}; _ah; true`,
    'zsh',
  ],
  fish: () => [
    '-N',
    '-c',
    `function ah
  string match -q -- 'session list --names*' "$argv"; and printf '%s\\n' 01AAA 01BBB agent/fix shop/agent/fix
  string match -q -- 'remote agents --types*' "$argv"; and printf '%s\\n' mock acp
  string match -q -- 'scenario list --names*' "$argv"; and printf '%s\\n' quick-edit
  string match -q -- 'session approvals --ids*' "$argv"; and printf '%s\\n' 01CCC
  string match -q -- 'webhook list --ids*' "$argv"; and printf '%s\\n' wh-01DDD
end
${scripts.fish}
complete -C (string join ' ' -- $argv); true`,
  ],
};

for (const [shell, ask] of Object.entries(asks)) {
  describe.skipIf(!has(shell))(`in ${shell}${lacking(shell)}`, () => {
    const offered = (...words: readonly string[]): string[] =>
      execFileSync(shell, [...ask(), 'ah', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
        .split('\n')
        // fish says behind a tab what a word is about.
        .map((line) => line.replace(/\t.*/, ''))
        .filter(Boolean);

    test('commands, then their verbs, then their flags', () => {
      expect(offered('sess')).toEqual(['session']);
      expect(offered('session', 'sto')).toEqual(['stop']);
      expect(offered('agent', 'access-point', '--stop').sort()).toEqual(['--stop-grace', '--stop-sessions']);
    });

    test('session ids of the server, and the flags of the command', () => {
      expect(offered('session', 'get', '')).toEqual(expect.arrayContaining(['latest', '01AAA', '01BBB']));
      expect(offered('session', 'get', '--js')).toEqual(['--json']);
      expect(offered('session', 'diff', '01A')).toEqual(['01AAA']);
      expect(offered('session', 'diff', '--co').sort()).toEqual(['--config', '--context']);
      expect(offered('session', 'list', '01')).toEqual([]);
      expect(offered('session', 'approve', '01')).toEqual(['01CCC']);
      expect(offered('webhook', 'rotate', 'wh')).toEqual(['wh-01DDD']);
      expect(offered('webhook', 'verify', 'wh')).toEqual([]);
      expect(offered('webhook', 'deliveries', '--state', 're')).toEqual(['requested', 'retrying']);
      expect(offered('session', 'prompt', '01A')).toEqual(['01AAA']);
      expect(offered('session', 'attach', 'shop')).toEqual(['shop/agent/fix']);
      expect(offered('remote', 'agents', 'm')).toEqual(['mock']);
      expect(offered('scenario', 'show', 'q')).toEqual(['quick-edit']);
    });

    test('the flags of a command behind its arguments', () => {
      expect(offered('session', 'diff', '01AAA', '--co').sort()).toEqual(['--config', '--context']);
      expect(offered('session', 'prompt', '01AAA', '01B')).toEqual([]);
    });

    test('what may stand behind a flag', () => {
      expect(offered('task', '--agent', 'a')).toEqual(['acp']);
      expect(offered('session', 'logs', 'latest', '--level', 'w')).toEqual(['warn']);
      expect(offered('session', 'list', '--status', 'pa').sort()).toEqual(['paused', 'pausing']);
      expect(offered('session', 'approve', '01CCC', '--session', 'lat')).toEqual(['latest']);
      expect(offered('session', 'events', 'latest', '--type', 'tool').sort()).toEqual([
        'tool_result',
        'tool_use',
      ]);
    });
  });
}
