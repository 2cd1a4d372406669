import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolNames } from '@agent-harbor/scenario';
import { expect, it, vi } from 'vitest';
import { converse, prompt, results, words } from '../../testing/mock-agent.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const notebook = JSON.stringify({ cells: [{ id: 'a', cell_type: 'code', source: ['old'] }] });
const node = (code: string) => ['node', '-e', code];

/** One tells that it has printed, the other waits for that, and for what is printed to arrive. */
const ready = "require('fs').writeFileSync('ready', ''); setInterval(() => {}, 1000)";
const untilReady =
  "const timer = setInterval(() => { if (require('fs').existsSync('ready')) { clearInterval(timer); setTimeout(() => {}, 500); } }, 20)";

/** Every tool of the format: what is used, and how it ends. Those without a workspace give what the scenario says. */
const uses: readonly (readonly [entry: Readonly<Record<string, object>>, status: string, text: unknown])[] = [
  [{ runCmd: { cmd: node('console.log(6 * 7)') } }, 'completed', '42\n'],
  [{ runCmd: { cmd: node('setInterval(() => {}, 1000)'), timeout: 300 } }, 'failed', '(ended by SIGTERM)'],
  [{ readFile: { path: 'src/a.txt', offset: 2, limit: 1 } }, 'completed', 'two\n'],
  [{ writeFile: { path: 'new/b.txt', content: 'two words' } }, 'completed', 'diff'],
  [{ editFile: { path: 'new/b.txt', old_string: 'words', new_string: 'lines' } }, 'completed', 'diff'],
  [{ grep: { pattern: 't(wo|hree)' } }, 'completed', 'new/b.txt\nsrc/a.txt'],
  [{ grep: { pattern: '^two$', output_mode: 'content' } }, 'completed', 'src/a.txt:2:two'],
  [{ listDir: {} }, 'completed', 'book.ipynb\nnew/\nsrc/'],
  [{ find: { name: '*.txt' } }, 'completed', 'new/b.txt\nsrc/a.txt'],
  [{ sed: { path: 'src/a.txt', expression: '1d' } }, 'completed', 'two\nthree\n'],
  [{ sed: { path: 'src/a.txt', expression: 's/one/1/', inplace: true } }, 'completed', 'diff'],
  [{ notebookEdit: { notebook_path: 'book.ipynb', cell_id: 'a', new_source: 'new' } }, 'completed', 'diff'],
  [{ todoWrite: { todos: [{ content: 'Mend it', status: 'in_progress' }] } }, 'completed', ''],
  [
    { runCmd: { cmd: node(`console.log('on'); console.log('off'); ${ready}`), run_in_background: true } },
    'completed',
    'Runs in the background as shell-1.',
  ],
  [{ runCmd: { cmd: node(untilReady) } }, 'completed', ''],
  [{ bashOutput: { bash_id: 'shell-1', filter: '^on' } }, 'completed', 'on\n(still running)'],
  [{ killShell: { shell_id: 'shell-1' } }, 'completed', '(ended by SIGTERM)'],
  [{ bashOutput: { bash_id: 'shell-2' } }, 'failed', 'there is no shell shell-2'],
  [{ exitPlanMode: { plan: 'First this, then that.' } }, 'completed', 'There is no mode to leave.'],
  [{ webFetch: { url: 'https://example.test/prices' } }, 'completed', 'Bread is 2.\n'],
  [
    { webFetch: { url: 'https://example.test/other' } },
    'failed',
    'https://example.test/other: there is no such page',
  ],
  [{ webSearch: { query: 'bread' } }, 'completed', 'https://example.test/prices\nBread is 2.'],
  [{ slashCommand: { command: '/mode build' } }, 'completed', 'Works in the mode build.'],
  [{ slashCommand: { command: '/mode none' } }, 'failed', 'There is no mode none: build.'],
  [{ slashCommand: { command: '/compact' } }, 'completed', ''],
  [{ task: { description: 'Look around' } }, 'completed', ''],
];
const web = [{ url: 'https://example.test/prices', text: 'Bread is 2.\n' }];

it('has another agent do what it is asked, within the task', async () => {
  const cwd = await temporaryDirectory();
  const task = {
    description: 'Write it down',
    'x-timeline': [
      { writeFile: { path: 'found.txt', content: 'two' } },
      { runCmd: { cmd: node('console.log(6 * 7)') } },
      { llmResponse: [{ assistant: [[0, 'It is two.']] }] },
    ],
  };
  const timeline = [{ task }, { llmResponse: [{ assistant: [[0, 'Thank you.']] }] }];
  const scenario = { name: 'task', timeline };
  const { updates } = await converse(cwd, { speed: 0, scenario }, (conversation) => prompt(conversation));
  const ids = updates.flatMap((update) => (update.sessionUpdate === 'tool_call' ? [update.toolCallId] : []));
  expect(ids).toHaveLength(3);
  const ends = updates.flatMap((update) =>
    update.sessionUpdate === 'tool_call_update' && update.status === 'completed' ? [update.toolCallId] : [],
  );
  // The task began first and ends last.
  expect(ends).toEqual([ids[1], ids[2], ids[0]]);
  expect(results(updates).map(({ text }) => text)).toEqual(['diff', '42\n', 'It is two.']);
  expect(words(updates)).toEqual(['Thank you.']);
  expect(await readFile(join(cwd, 'found.txt'), 'utf8')).toBe('two');
});

it('does every tool of the format for real that is about a workspace', async () => {
  expect(new Set(uses.flatMap(([entry]) => Object.keys(entry)))).toEqual(new Set(toolNames));
  const cwd = await temporaryDirectory();
  await mkdir(join(cwd, 'src'));
  await mkdir(join(cwd, '.git'));
  await writeFile(join(cwd, '.git/two'), 'two');
  await writeFile(join(cwd, 'src/a.txt'), 'one\ntwo\nthree\n');
  await writeFile(join(cwd, 'book.ipynb'), notebook);
  const outside = await temporaryDirectory();
  await writeFile(join(outside, 'two.txt'), 'two');
  await symlink(outside, join(cwd, 'out'));

  const timeline = uses.map(([entry]) => entry);
  const { updates, stopReason } = await converse(
    cwd,
    { speed: 0, scenario: { name: 'tools', timeline, 'x-web': web, 'x-modes': [{ id: 'build' }] } },
    (conversation) => prompt(conversation),
  );
  expect(stopReason).toBe('end_turn');
  expect(results(updates).map(({ status, text }) => [status, text])).toEqual(
    uses.map(([, status, text]) => [status, text]),
  );
  expect(await readFile(join(cwd, 'src/a.txt'), 'utf8')).toBe('1\ntwo\nthree\n');
  expect(await readFile(join(cwd, 'new/b.txt'), 'utf8')).toBe('two lines');
  expect(JSON.parse(await readFile(join(cwd, 'book.ipynb'), 'utf8')).cells[0].source).toEqual(['new']);
  expect(updates).toContainEqual({
    sessionUpdate: 'plan',
    entries: [{ content: 'Mend it', status: 'in_progress', priority: 'medium' }],
  });
  expect(words(updates)).toEqual(['First this, then that.']);
});

it('leaves nothing behind that runs in the background', async () => {
  const cwd = await temporaryDirectory();
  const code = "require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)";
  const timeline = [{ runCmd: { cmd: node(code), run_in_background: true } }];
  await converse(cwd, { speed: 0, scenario: { name: 'tools', timeline } }, async (conversation) => {
    await prompt(conversation);
    await vi.waitFor(async () => expect(await readFile(join(cwd, 'pid'), 'utf8')).not.toBe(''), {
      timeout: 20_000,
    });
    return undefined;
  });
  const pid = Number(await readFile(join(cwd, 'pid'), 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('leaves the mode that only reads with its plan', async () => {
  const cwd = await temporaryDirectory();
  const modes = [{ id: 'plan', readsOnly: true }, { id: 'build' }];
  const timeline = [
    { sed: { path: 'a.txt', expression: 's/a/b/', inplace: true } },
    { grep: { pattern: 'a' } },
    { exitPlanMode: { plan: 'I write it.' } },
    { sed: { path: 'a.txt', expression: 's/a/b/', inplace: true } },
  ];
  await writeFile(join(cwd, 'a.txt'), 'a\n');
  const { updates } = await converse(
    cwd,
    { speed: 0, scenario: { name: 'tools', 'x-modes': modes, timeline } },
    (conversation) => prompt(conversation),
  );
  expect(results(updates).map(({ text }) => text)).toEqual([
    'Not in the mode plan: it only reads.',
    'a.txt',
    'Works in the mode build.',
    'diff',
  ]);
  expect(updates).toContainEqual({ sessionUpdate: 'current_mode_update', currentModeId: 'build' });
  expect(await readFile(join(cwd, 'a.txt'), 'utf8')).toBe('b\n');
});
