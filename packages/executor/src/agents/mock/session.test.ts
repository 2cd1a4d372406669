import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { createSeededIds, type Executor, type NewEvent, type Run } from '@agent-harbor/core';
import { createScriptedExecutor, demoRepository } from '@agent-harbor/scenario';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../recorder/system-clock.ts';
import { begin, follow, openExecutor, runOf } from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';
import { git, openLab } from '../../workspace/testing/lab.ts';

const play = async (executor: Executor, run: Run) => {
  await begin(executor, run);
  const { events, exit } = await follow(executor, run.sessionId);
  const delivered = await executor.deliver(run, {
    mode: 'branch',
    branch: run.deliverTo,
    isMadeUp: false,
    message: 'Mend the cart',
    isFinal: true,
  });
  const changes = await executor.files.changes(run.sessionId);
  const diffs = await executor.files.diff(run.sessionId, { context: 3, full: false });
  return { events, exit, delivered, changes, diffs };
};

/** What the agent did, without what only one of the two can know: printed lines, ids, and real output. */
const deeds = (events: readonly NewEvent[]): unknown[] =>
  events.flatMap(({ body }): unknown[] => {
    if (body.type === 'log' || body.type === 'file_edit' || body.type === 'diff') return [];
    // In memory there is no agent whose session another process could take up.
    if (body.type === 'agent_session') return [];
    const { tool_execution_id: _id, tool_output: _output, expiresAt: _at, ...told } = members(body);
    // How long it took and how much it gave is told by both, of what really ran by the one.
    const { duration_ms: took, output_bytes: size, ...deed } = told;
    return [{ ...deed, measured: [typeof took, typeof size] }];
  });
const members = (body: EventBody): Readonly<Record<string, unknown>> => body;
const edits = (events: readonly NewEvent[]) =>
  events.flatMap(({ body }) =>
    body.type === 'file_edit' ? [[body.file_path, body.lines_added, body.lines_removed]] : [],
  );

it('plays the demonstration for real as the scenario executor plays it in memory', async () => {
  const lab = openLab();
  onTestFinished(() => lab.close());
  const repo = { mode: 'git', url: lab.repository('demo', demoRepository) } as const;
  const settings = { scenario: 'fix-failing-test', speed: 0.1 };
  const run = runOf({ type: 'mock', settings, repo, deliverTo: 'mended', prompt: 'Fix the failing test' });
  const real = await play(await openExecutor(lab.stateDir), run);
  const scripted = await play(
    createScriptedExecutor({ clock: systemClock, ids: createSeededIds('parity') }),
    { ...run, sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
  );

  expect(real.exit).toEqual(scripted.exit);
  expect(deeds(real.events)).toEqual(deeds(scripted.events));
  expect(edits(real.events).sort()).toEqual(edits(scripted.events).sort());
  const known = ({
    path,
    status,
    lines_added,
    lines_removed,
    size_bytes,
  }: (typeof real.changes)[number]) => ({
    path,
    status,
    lines_added,
    lines_removed,
    size_bytes,
  });
  expect(real.changes.map(known)).toEqual(scripted.changes.map(known));
  expect(real.diffs.map(({ hunks }) => hunks)).toEqual(scripted.diffs.map(({ hunks }) => hunks));
  expect([real.delivered.state, real.delivered.branch]).toEqual(['delivered', 'mended']);
  expect([scripted.delivered.state, scripted.delivered.branch]).toEqual(['delivered', 'mended']);

  git(lab.root, 'clone', '--quiet', '--branch', 'mended', '--', repo.url, 'mended');
  execFileSync(process.execPath, ['--test'], {
    cwd: join(lab.root, 'mended'),
    env: { PATH: process.env.PATH },
    stdio: 'pipe',
  });
}, 60_000);

it.skipIf(process.platform === 'win32')(
  'tells of a line for a shell what the scenario executor tells',
  async () => {
    const runs = (line: string, exitCode: number) => {
      const events = [
        { type: 'stdout', timeMs: 5, content: 'ab\n' },
        { type: 'completion', timeMs: 10, exitCode },
      ];
      return {
        agentToolUse: { toolName: 'runCmd', args: { cmd: ['sh', '-c', line] }, toolExecution: { events } },
      };
    };
    const timeline = [runs("printf 'ab\\n' | cat", 0), runs("printf 'ab\\n' | cat; sh -c 'exit 3'", 3)];
    const run = runOf({ type: 'mock', settings: { scenario: { name: 'lines', timeline } }, prompt: 'Go' });
    const results = async (executor: Executor, sessionId: string) => {
      await begin(executor, { ...run, sessionId });
      const told = (await follow(executor, sessionId)).events.map(({ body }) => body);
      return told.flatMap((body) =>
        // What failed is told with its exit code where it really ran.
        body.type === 'tool_result'
          ? [{ pipelines: body.pipelines, size: body.status === 'completed' && body.output_bytes }]
          : [],
      );
    };
    const real = await results(await openExecutor(await temporaryDirectory()), run.sessionId);
    const memory = createScriptedExecutor({ clock: systemClock, ids: createSeededIds('lines') });
    const scripted = await results(memory, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    expect(real).toEqual(scripted);
    expect(real).toMatchObject([
      { size: 3, pipelines: [{ steps: [{}, {}], exit_code: 0 }] },
      { pipelines: [{ steps: [{}, {}] }, { operator: ';', exit_code: 3 }] },
    ]);
  },
  60_000,
);

const steered = {
  name: 'steered',
  timeline: [
    { userInputs: [[0, 'Do it']] },
    { llmResponse: [{ assistant: [[0, 'May I?']] }] },
    { agentPermissionRequest: { toolCall: { toolCallId: 'w', title: 'Write a file', kind: 'edit' } } },
    { agentToolUse: { toolName: 'writeFile', toolCallId: 'w', args: { path: 'a.txt', content: 'a' } } },
    {
      agentPermissionRequest: {
        toolCall: { toolCallId: 'r', title: 'Remove it all' },
        'x-whenDenied': [{ llmResponse: [{ assistant: [[0, 'Then not.']] }] }],
      },
    },
    { agentToolUse: { toolName: 'runCmd', toolCallId: 'r', args: { cmd: ['rm', '-r', '.'] } } },
    { complete: true },
    { userInputs: [{ relativeTime: 0, input: 'Anything else?', 'x-waitForUser': true }] },
    { llmResponse: [{ assistant: [[0, 'No.']] }] },
  ],
};

/** A session whose agent asks twice, gets one leave, and two prompts when it has nothing to do. */
const steer = async (executor: Executor, run: Run): Promise<readonly NewEvent[]> => {
  const { sessionId } = run;
  await begin(executor, run);
  let [offset, events]: [number, readonly NewEvent[]] = [0, []];
  const until = async (isMet: (event: NewEvent) => boolean) => {
    const more = await follow(executor, sessionId, offset, (found) => found.some(isMet));
    offset = more.offset;
    events = [...events, ...more.events];
  };
  const isAsked = ({ body }: NewEvent) => body.type === 'approval' && body.state === 'requested';
  const isIdle = ({ body }: NewEvent) => body.type === 'status' && body.reason === 'idle';
  const answer = (id: string, outcome: 'allowed' | 'denied') =>
    executor.answer(sessionId, { id, approvalId: `approval-${id}`, choice: { outcome }, by: 'ada' });

  await until(isAsked);
  await answer('1', 'allowed');
  await until(isAsked);
  await answer('2', 'denied');
  await until(isIdle);
  for (const id of ['1', '2']) {
    await executor.prompt(sessionId, { id, prompt: `Prompt ${id}`, author: 'ada' });
    await until(isIdle);
  }
  await executor.stop(sessionId, 60_000);
  await until(() => false);
  return events;
};

it('is steered as the scenario executor is', async () => {
  const wish = { type: 'mock', settings: { scenario: steered, speed: 0 }, idleTimeoutMs: 600_000 } as const;
  const run = runOf(wish);
  const real = await steer(await openExecutor(await temporaryDirectory()), run);
  const scripted = await steer(
    createScriptedExecutor({ clock: systemClock, ids: createSeededIds('parity') }),
    { ...run, sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
  );
  expect(deeds(real)).toEqual(deeds(scripted));
  expect(edits(real)).toEqual(edits(scripted));
}, 60_000);
