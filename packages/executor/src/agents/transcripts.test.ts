import { join } from 'node:path';
import type { AgentType, EventBody } from '@agent-harbor/api-contract/schemas';
import { expect, test, vi } from 'vitest';
import { begin, bodies, follow, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { agents } from './registry.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const testing = join(import.meta.dirname, '../testing');

const played = async (type: AgentType, model?: string, transcript: string = type) => {
  const program = [
    process.execPath,
    join(testing, 'transcript-agent.ts'),
    join(testing, `transcripts/${transcript}.txt`),
  ];
  const executor = await openExecutor(await temporaryDirectory(), {
    environment: { PATH: process.env.PATH, OPENAI_API_KEY: 'x', GEMINI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' },
    agentPrograms: { [type]: program },
    agentCredentials: [type],
  });
  const approvals = { default: 'allow' } as const;
  const run = runOf({ type, prompt: 'Mend the cart', approvals, ...(model === undefined ? {} : { model }) });
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  const told = bodies(recorded);
  const of = <Type extends EventBody['type']>(wanted: Type) =>
    told.filter((body): body is Extract<EventBody, { type: Type }> => body.type === wanted);
  return { exit: recorded.exit, of };
};

test.each([
  [
    'qwen',
    'qwen3-coder',
    ['ReadFile: cart.js', 'Edit: cart.js', 'node --test'],
    '$runtime|openai|qwen3-coder(openai)',
    true,
  ],
  [
    'goose',
    'gpt-5',
    ['read · cart.js', expect.stringMatching(/^shell · perl -e /), 'shell · node --test'],
    'gpt-5',
    true,
  ],
  ['copilot', 'gpt-5', expect.arrayContaining(['node --test']), undefined, true],
  ['claude-code', 'sonnet', ['Read', 'Edit', 'Bash'], 'sonnet', true],
  ['opencode', 'anthropic/claude-sonnet-4-5', ['read', 'edit', 'bash'], 'anthropic/claude-sonnet-4-5', true],
  [
    'gemini',
    undefined,
    ['cart.js', 'cart.js: item.price => item.price * item.quantity', 'node --test'],
    'auto',
    false,
  ],
] as const)('%s works as it did when it was recorded', async (type, model, tools, active, hasWindow) => {
  const { exit, of } = await played(type, model);
  expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(of('tool_use').map(({ tool_name }) => tool_name)).toEqual(tools);
  expect(of('tool_result').map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  expect(of('message').at(-1)).toMatchObject({ role: 'assistant', content: 'It is mended.' });
  expect(of('models').at(-1)?.active).toBe(active);
  // What is said of it before it is started is what it says itself.
  expect(of('agent_session').map(({ can }) => can)).toEqual([agents[type].capabilities]);
  const usage = of('usage');
  // One tells its tokens, another only how full its window is.
  expect(
    Math.max(...usage.map((one) => Math.max(one.input_tokens, one.context_tokens ?? 0))),
  ).toBeGreaterThan(1000);
  expect(usage.some((one) => one.context_window !== undefined)).toBe(hasWindow);
});

test('gemini has its file written by us, where it is seen', async () => {
  const { of } = await played('gemini');
  expect(of('file_edit')).toEqual([expect.objectContaining({ file_path: 'cart.js' })]);
});

test('codex is signed in by its key before its session, and tells tokens, window and models', async () => {
  const { exit, of } = await played('codex');
  expect(exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(of('models')[0]).toMatchObject({ active: 'gpt-6.1-sol' });
  expect(of('agent_session').map(({ can }) => can)).toEqual([agents.codex.capabilities]);
  expect(of('usage').at(-1)).toMatchObject({ input_tokens: 17_504, output_tokens: 1, model: 'gpt-6.1-sol' });
});

test('an agent nobody signed in says so', async () => {
  const { exit } = await played('copilot', undefined, 'copilot-signed-out');
  expect(exit).toEqual({
    kind: 'lost',
    reason: expect.stringMatching(/wants to be signed in.*--agent-credentials/),
  });
});
