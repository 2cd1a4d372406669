import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { bodies, follow, messages, type Recorded, startAcp } from '../../testing/sessions.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const Told = z.array(z.union([z.literal('refused'), z.record(z.unknown())]));

const played = async (...wishes: object[]) => {
  const { executor, run } = await startAcp({ prompt: `run ${JSON.stringify(wishes)}` });
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  return { recorded, told: Told.parse(JSON.parse(messages(recorded).join(''))) };
};
const tools = (recorded: Recorded) =>
  bodies(recorded).filter((body) => body.type === 'tool_use' || body.type === 'tool_result');
const node = (code: string, more: object = {}) => ({
  command: process.execPath,
  args: ['-e', code],
  ...more,
});

test('a command that a tool call shows is of that tool: its lines, its output, its size', async () => {
  const { recorded, told } = await played(
    node('console.log("out"); console.error("err"); process.exit(3)', { show: true }),
  );
  expect(told).toEqual([{ exitCode: 3, output: 'out\nerr\n', truncated: false, gone: true }]);
  const lines = bodies(recorded).flatMap((body) =>
    body.type === 'log' && body.stream !== undefined
      ? [[body.tool_execution_id, body.stream, body.message]]
      : [],
  );
  expect(lines.toSorted()).toEqual([
    ['shown', 'stderr', 'err'],
    ['shown', 'stdout', 'out'],
  ]);
  expect(tools(recorded)).toEqual([
    { type: 'tool_use', tool_name: 'Run', tool_args: {}, tool_execution_id: 'shown', status: 'started' },
    {
      type: 'tool_result',
      tool_name: 'Run',
      tool_execution_id: 'shown',
      status: 'completed',
      tool_output: 'out\nerr\n',
      duration_ms: expect.any(Number),
      output_bytes: 8,
    },
  ]);
});

test('a command nobody shows is a tool by itself, and a line without arguments is for a shell', async () => {
  const { recorded, told } = await played({ command: 'printf one; printf two >&2; exit 4' });
  expect(told).toEqual([expect.objectContaining({ exitCode: 4, output: expect.stringMatching(/one/) })]);
  const [use, result] = tools(recorded);
  expect(use).toMatchObject({ type: 'tool_use', tool_name: 'terminal', tool_args: { cwd: '.' } });
  expect(result).toMatchObject({ status: 'failed', output_bytes: 6 });
});

test('a line is told by its steps, whoever it belongs to', async () => {
  const line = 'printf "a\\nb\\n" | grep b';
  const steps = [
    { command: 'printf "a\\nb\\n"', argv: ['printf', 'a\\nb\\n'] },
    { command: 'grep b', argv: ['grep', 'b'] },
  ];
  const { recorded } = await played(
    { command: line },
    { command: 'sh', args: ['-c', line], show: true },
    { command: 'echo', args: [line] },
  );
  const results = tools(recorded).flatMap((body) => (body.type === 'tool_result' ? [body] : []));
  expect(results.map(({ pipelines, output_bytes }) => [output_bytes, pipelines])).toEqual(
    expect.arrayContaining([
      [2, [{ steps, exit_code: 0 }]],
      [2, [{ steps, exit_code: 0 }]],
      [line.length + 1, undefined],
    ]),
  );
  expect(results.filter(({ pipelines }) => pipelines !== undefined)).toHaveLength(2);
});

test('arguments are given byte for byte, and to no shell', async () => {
  const argument = '$(touch pwned) `id` ; "\'--';
  const { told } = await played({
    command: process.execPath,
    args: ['-e', 'console.log(process.argv[1], process.env.OWN, process.env.AH_SESSION_ID)', '--', argument],
    env: [
      { name: 'OWN', value: 'mine' },
      { name: 'AH_SESSION_ID', value: 'stolen' },
    ],
  });
  expect(told).toEqual([
    expect.objectContaining({ output: expect.stringContaining(`${argument} mine test-`) }),
  ]);
});

test('what is kept of the output is bounded, from the beginning of a character on', async () => {
  const code = 'process.stdout.write("ä".repeat(200000) + "end")';
  const { told } = await played(
    node(code, { outputByteLimit: 6 }),
    node(code, { show: true, outputByteLimit: 1e9 }),
  );
  expect(told[0]).toMatchObject({ truncated: true, output: 'äend' });
  expect(told[1]).toMatchObject({ truncated: false });
});

test('a command that is killed ends, with what it started', async () => {
  const { told } = await played(
    node(
      'require("child_process").spawn("sleep", ["600"], { stdio: "inherit" }); setInterval(() => {}, 1e6)',
      { kill: true },
    ),
  );
  expect(told).toEqual([expect.objectContaining({ exitCode: null, signal: 'SIGTERM', gone: true })]);
});

test('a directory outside the workspace and a program that is not there are refused', async () => {
  const { told } = await played(node('', { outside: true }), { command: 'no-such-program', args: ['x'] });
  expect(told).toEqual(['refused', 'refused']);
});
