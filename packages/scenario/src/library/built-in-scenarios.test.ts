import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Run } from '@agent-harbor/core';
import { createSeededIds, defaultApprovals } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { demoRepository } from '../demo-repository.ts';
import { createScriptedExecutor } from '../executor/create-scripted-executor.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { createPlayer } from '../play/create-player.ts';
import { initialPromptOf } from '../play/timeline.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { builtInScenarios } from './built-in-scenarios.ts';

const runOf = (scenario: string): Run => ({
  sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  taskId: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  prompt: 'Do it',
  repo: { mode: 'git', url: '/repo' },
  agent: { type: 'mock', version: 'latest', settings: { scenario } },
  deliverTo: 'work',
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
});

/** Plays a scenario to its end and gives everything that is left of it. */
const play = async (name: string) => {
  const clock = createVirtualClock();
  const executor = createScriptedExecutor({ clock, ids: createSeededIds('library') });
  const run = runOf(name);
  const workspace = await executor.provision(run);
  await executor.start(run, workspace);
  await clock.advance(24 * 3_600_000);
  expect(clock.waiting).toBe(0);
  const batches = [];
  for await (const batch of executor.journal(run.sessionId, 0)) batches.push(batch);
  return { executor, run, events: batches.flatMap(({ events }) => events), exit: batches.at(-1)?.exit };
};
const lengthOf = (name: string): number => {
  const scenario = builtInScenarios[name];
  return scenario === undefined ? Number.NaN : (createPlayer(scenario, 1).at(-1)?.atMs ?? Number.NaN);
};

describe.each(Object.keys(builtInScenarios))('%s', (name) => {
  it('bears its name, has a prompt of its own, and stays the same when it is read again', () => {
    const scenario = builtInScenarios[name];
    expect(scenario?.name).toBe(name);
    expect(scenario && initialPromptOf(scenario)).toBeTruthy();
    expect(parseScenario(scenario, '')).toEqual(scenario);
  });

  it('plays to its end, and its tools all come to a result', async () => {
    const { events, exit } = await play(name);
    expect(exit?.kind).toBe(name === 'failing' ? 'exited' : 'turn-ended');
    const ids = (type: string) =>
      events.flatMap(({ body }) =>
        body.type === type && 'tool_execution_id' in body ? [body.tool_execution_id] : [],
      );
    expect(ids('tool_result')).toEqual(ids('tool_use'));
    expect(new Set(ids('tool_use')).size).toBe(ids('tool_use').length);
  });
});

describe('the library', () => {
  it('has the lengths and sizes it promises', async () => {
    expect(lengthOf('quick-edit')).toBeLessThanOrEqual(1_000);
    expect(lengthOf('long-running')).toBeGreaterThanOrEqual(60_000);
    expect((await play('many-events')).events).toHaveLength(5_000);
  });

  it('fails as an agent that exits', async () => {
    const { events, exit } = await play('failing');
    expect(exit).toEqual({ kind: 'exited', code: 3, lastOutput: 'fatal: the service refused to answer' });
    expect(events.filter(({ body }) => body.type === 'log' && body.level === 'error')).toHaveLength(2);
  });

  it('lets four tools fail and goes on', async () => {
    const { events, executor, run } = await play('tool-failure');
    const results = events.flatMap(({ body }) => (body.type === 'tool_result' ? [body.status] : []));
    expect(results).toEqual(['failed', 'failed', 'failed', 'failed', 'completed']);
    expect((await executor.files.changes(run.sessionId)).map(({ path }) => path)).toEqual([
      'notes/findings.md',
    ]);
  });

  it('carries every script and any bytes', async () => {
    const { executor, run } = await play('unicode-and-binary');
    const changes = await executor.files.changes(run.sessionId);
    expect(changes.map(({ path, status, change_type }) => [path, status, change_type])).toEqual([
      ['-rf $(name) & co.txt', 'added', 'content'],
      ['data/noise.bin', 'added', 'binary'],
      ['data/pixel.gif', 'modified', 'binary'],
      ["greetings/你好 – dzień dobry 'quoted'.txt", 'added', 'content'],
    ]);
    expect(await executor.files.content(run.sessionId, 'data/noise.bin')).toMatchObject({
      content: 'AAECA//+/QCAgYKD',
      encoding: 'base64',
    });
  });

  it('tells the story of a session that mends a test', async () => {
    const { events } = await play('fix-failing-test');
    const story = events.map(({ body }) => body.type);
    const expected = [
      'thought',
      'tool_use',
      'tool_result',
      'file_edit',
      'diff',
      'tool_use',
      'tool_result',
      'message',
    ];
    let found = 0;
    for (const type of story) if (type === expected[found]) found += 1;
    expect(found, story.join(' ')).toBe(expected.length);
  });
});

describe('the demonstration', () => {
  const testsPass = (files: Readonly<Record<string, string>>): boolean => {
    const root = mkdtempSync(join(tmpdir(), 'scenario-demo-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      const { status } = spawnSync(process.execPath, ['--test'], {
        cwd: root,
        env: { PATH: process.env.PATH },
      });
      return status === 0;
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };

  it('really mends the repository it comes with', async () => {
    const { executor, run } = await play('fix-failing-test');
    const mended = { ...demoRepository };
    for (const { path } of await executor.files.changes(run.sessionId)) {
      mended[path] = (await executor.files.content(run.sessionId, path)).content;
    }
    expect(Object.keys(mended).sort()).toEqual(Object.keys(demoRepository).sort());
    expect(testsPass(demoRepository)).toBe(false);
    expect(testsPass(mended)).toBe(true);
  }, 30_000);
});
