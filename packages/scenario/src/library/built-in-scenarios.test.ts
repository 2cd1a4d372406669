import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { demoRepository } from '../demo-repository.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { createPlayer } from '../play/create-player.ts';
import { initialPromptOf } from '../play/timeline.ts';
import { turnsOf } from '../play/turns.ts';
import { nearestScenario } from '../select-scenario.ts';
import { playToEnd, sessionId } from '../testing/play.ts';
import { builtInScenarioFor, builtInScenarios, scenarioPrompt } from './built-in-scenarios.ts';

const good: AgentExit = { kind: 'turn-ended', stopReason: 'end_turn' };

/** How each of them ends. */
const ends: Readonly<Record<string, AgentExit>> = {
  'quick-edit': good,
  'fix-failing-test': good,
  'long-running': good,
  failing: { kind: 'exited', code: 3, lastOutput: 'fatal: the service refused to answer' },
  'tool-failure': good,
  'unicode-and-binary': good,
  'many-events': good,
  'cancel-mid-tool': { kind: 'ended-by-us' },
  'pause-and-resume': good,
  'approval-granted': good,
  'approval-denied': good,
  'approval-expired': good,
  'agent-crash': { kind: 'signalled', signal: 'SIGSEGV', lastOutput: 'Segmentation fault (core dumped)' },
  'host-lost': { kind: 'lost', reason: 'The host of the session went away and did not come back.' },
  'quota-exceeded': {
    kind: 'exited',
    code: 1,
    lastOutput: 'insufficient_quota: there is no credit left',
  },
  'network-loss': good,
  'model-refusal': { kind: 'turn-ended', stopReason: 'refusal' },
  'token-limit': { kind: 'turn-ended', stopReason: 'max_tokens' },
  'huge-output': good,
  'evolving-plan': good,
  'rename-and-delete': good,
  'nothing-to-do': good,
  'user-beside': good,
  'multi-turn-chat': good,
  'prompted-by-hand': good,
  'loaded-history': good,
  'second-opinion-bold': good,
  'second-opinion-careful': good,
  'failed-assertion': {
    kind: 'exited',
    code: 1,
    lastOutput: 'assert: fs.exists: expected notes/promise.md to be there',
  },
};

const lengthOf = (name: string): number => {
  const scenario = builtInScenarios[name];
  return scenario === undefined ? Number.NaN : (createPlayer(scenario, 1).at(-1)?.atMs ?? Number.NaN);
};

it('is a library of everything that is listed here', () => {
  expect(Object.keys(builtInScenarios)).toEqual(Object.keys(ends));
  expect(Object.keys(ends).length).toBeGreaterThanOrEqual(20);
});

describe.each(Object.entries(ends))('%s', (name, end) => {
  it('bears its name, says what it shows in a line, and stays the same when it is read again', () => {
    const scenario = builtInScenarios[name];
    expect(scenario?.name).toBe(name);
    expect(scenario?.description).toMatch(/^.{20,120}\.$/);
    expect(parseScenario(scenario, '')).toEqual(scenario);
  });

  it('is chosen by its prompt, which is like no other', () => {
    const scenario = builtInScenarios[name];
    const prompt = scenario && initialPromptOf(scenario);
    expect(prompt).toBe(scenarioPrompt(name));
    expect(builtInScenarioFor(prompt ?? '').name).toBe(name);
    expect(nearestScenario(Object.values(builtInScenarios), prompt ?? '')?.name).toBe(name);
  });

  it('plays to the end it is for, in events of the contract, and its tools all come to a result', async () => {
    const { clock, events, exit } = await playToEnd(name);
    expect(exit).toEqual(end);
    expect(clock.waiting).toBe(0);
    const ids = (type: string) =>
      events.flatMap(({ body }) =>
        body.type === type && 'tool_execution_id' in body ? [body.tool_execution_id] : [],
      );
    expect(ids('tool_result')).toEqual(ids('tool_use'));
    expect(new Set(ids('tool_use')).size).toBe(ids('tool_use').length);
    for (const { body } of events) expect(EventBody.parse(body)).toEqual(body);
  });

  it('does the same at once', async () => {
    const without = (bodies: readonly EventBody[]) =>
      bodies.map((body) =>
        body.type === 'approval' || body.type === 'tool_result'
          ? { ...body, expiresAt: undefined, duration_ms: undefined }
          : body,
      );
    const [slow, fast] = [await playToEnd(name), await playToEnd(name, { speed: 0 })];
    expect(without(fast.bodies)).toEqual(without(slow.bodies));
    expect(fast.exit).toEqual(slow.exit);
    if (name !== 'agent-crash') expect(fast.events.every(({ at }) => at === fast.begun)).toBe(true);
  });
});

describe('the library', () => {
  it('has the lengths and sizes it promises', async () => {
    expect(lengthOf('quick-edit')).toBeLessThanOrEqual(1_000);
    expect(lengthOf('long-running')).toBeGreaterThanOrEqual(600_000);
    expect((await playToEnd('many-events')).events).toHaveLength(5_000);
    const { bodies } = await playToEnd('huge-output');
    const result = bodies.find((body) => body.type === 'tool_result');
    expect(result?.tool_output).toHaveLength(2 * 1024 * 1024);
    expect(bodies.find((body) => body.type === 'diff')).toMatchObject({ truncated: true });
  });

  it('has nothing in it that is never played, but where that is the point', () => {
    for (const [name, scenario] of Object.entries(builtInScenarios)) {
      const remarks: string[] = [];
      turnsOf(scenario, (remark) => remarks.push(remark));
      expect(remarks, name).toEqual([]);
    }
  });

  it('fails as an agent that exits', async () => {
    const { events } = await playToEnd('failing');
    expect(events.filter(({ body }) => body.type === 'log' && body.level === 'error')).toHaveLength(2);
  });

  it('lets four tools fail and goes on', async () => {
    const { bodies, executor } = await playToEnd('tool-failure');
    const results = bodies.flatMap((body) => (body.type === 'tool_result' ? [body.status] : []));
    expect(results).toEqual(['failed', 'failed', 'failed', 'failed', 'completed']);
    expect((await executor.files.changes(sessionId)).map(({ path }) => path)).toEqual(['notes/findings.md']);
  });

  it('carries every script and any bytes', async () => {
    const { executor } = await playToEnd('unicode-and-binary');
    const changes = await executor.files.changes(sessionId);
    expect(changes.map(({ path, status, change_type }) => [path, status, change_type])).toEqual([
      ['-rf $(name) & co.txt', 'added', 'content'],
      ['data/noise.bin', 'added', 'binary'],
      ['data/pixel.gif', 'modified', 'binary'],
      ["greetings/你好 – dzień dobry 'quoted'.txt", 'added', 'content'],
    ]);
    expect(await executor.files.content(sessionId, 'data/noise.bin')).toMatchObject({
      content: 'AAECA//+/QCAgYKD',
      encoding: 'base64',
    });
  });

  it('cancels while the tool works', async () => {
    const { bodies } = await playToEnd('cancel-mid-tool');
    expect(bodies.filter((body) => body.type === 'log').map(({ message }) => message)).toEqual([
      '[1/60] compiling',
      '[2/60] compiling',
      '[3/60] compiling',
      '[4/60] compiling',
    ]);
    expect(bodies.at(-1)).toMatchObject({ type: 'tool_result', status: 'failed' });
  });

  it.each([
    ['approval-granted', 'answered', 'allowed', 'completed', 0],
    ['approval-denied', 'answered', 'denied', undefined, 1],
    ['approval-expired', 'expired', 'denied', 'failed', 1],
  ])('%s: %s, %s', async (name, state, outcome, tool, notes) => {
    const { bodies, executor } = await playToEnd(name);
    const approvals = bodies.filter((body) => body.type === 'approval');
    expect(approvals).toMatchObject([
      { state: 'requested', title: 'Run the migration on the database', tool_name: 'runCmd' },
      { state, outcome },
    ]);
    const results = bodies.flatMap((body) =>
      body.type === 'tool_result' && body.tool_name === 'runCmd' ? [body.status] : [],
    );
    expect(results).toEqual(tool === undefined ? [] : [tool]);
    expect(await executor.files.changes(sessionId)).toHaveLength(notes);
  });

  it('talks in three turns', async () => {
    const { events, begun } = await playToEnd('multi-turn-chat');
    const talk = events.flatMap(({ at, body }) => {
      if (body.type === 'user_input' || body.type === 'message') return [[at - begun, body.type]];
      return body.type === 'status' ? [[at - begun, body.reason ?? body.status]] : [];
    });
    expect(talk).toEqual([
      [500, 'message'],
      [1_000, 'user_input'],
      [2_000, 'message'],
      [2_600, 'message'],
      [2_600, 'idle'],
      [6_000, 'user_input'],
      [6_000, 'running'],
      [6_400, 'message'],
    ]);
  });

  it('has a past at once', async () => {
    const { events, begun } = await playToEnd('loaded-history');
    expect(events.slice(0, 7).map(({ at, body }) => [at - begun, body.type])).toEqual([
      [0, 'user_input'],
      [0, 'message'],
      [0, 'user_input'],
      [0, 'tool_use'],
      [0, 'tool_result'],
      [0, 'file_edit'],
      [0, 'diff'],
    ]);
  });

  it('tells the story of a session that mends a test', async () => {
    const { bodies } = await playToEnd('fix-failing-test');
    const story = bodies.map(({ type }) => type);
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
    const { executor } = await playToEnd('fix-failing-test');
    const mended = { ...demoRepository };
    for (const { path } of await executor.files.changes(sessionId)) {
      mended[path] = (await executor.files.content(sessionId, path)).content;
    }
    expect(Object.keys(mended).sort()).toEqual(Object.keys(demoRepository).sort());
    expect(testsPass(demoRepository)).toBe(false);
    expect(testsPass(mended)).toBe(true);
  }, 30_000);
});
