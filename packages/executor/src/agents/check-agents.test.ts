import type { AgentChoice, CreateTask, Prompt } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { checkAgents, checkTerminals } from './check-agents.ts';
import { planProgram } from './plan-program.ts';

const host = { mockAgentCommand: [process.execPath, 'mock'] };
const environment = { PATH: process.env.PATH };

const check = (agent: AgentChoice | AgentChoice[], prompt: Prompt = 'Do it.'): Problem | undefined => {
  const request: CreateTask = {
    prompt,
    repo: { mode: 'none' },
    ...(Array.isArray(agent) ? { agents: agent } : { agent }),
  };
  try {
    checkAgents(request, { ...host, environment });
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

const command = (...argv: string[]): AgentChoice => ({ type: 'command', settings: { command: argv } });

test('good agents pass', () => {
  expect(check(command('node', '{prompt}'))).toBeUndefined();
  expect(check(command(process.execPath))).toBeUndefined();
  expect(check(command('./agent.sh'))).toBeUndefined();
  expect(check({ type: 'mock' })).toBeUndefined();
  expect(
    check({ type: 'mock', version: 'latest', settings: { scenario: 'quick-edit', speed: 0 } }),
  ).toBeUndefined();
  expect(check([{ type: 'acp', settings: { command: ['node', 'x'] } }, { type: 'mock' }])).toBeUndefined();
});

test('a bad setting is named by its path', () => {
  expect(check({ type: 'command' })?.errors).toHaveProperty(['agent.settings.command']);
  expect(check([{ type: 'mock' }, { type: 'acp', settings: { command: [] } }])?.errors).toHaveProperty([
    'agents.1.settings.command',
  ]);
  expect(check({ type: 'acp', settings: { command: ['node'], comand: 1 } })?.errors).toHaveProperty([
    'agent.settings.comand',
  ]);
});

test('what this host lacks is told with what it has', () => {
  expect(check(command('no-such-program', 'x'))).toMatchObject({
    code: 'unsupported-choice',
    detail: expect.stringContaining('"no-such-program"'),
    errors: { 'agent.settings.command.0': expect.anything() },
  });
  expect(check(command('/no/such/file'))?.code).toBe('unsupported-choice');
  expect(check(command('/tmp'))?.code).toBe('unsupported-choice');
  expect(check({ type: 'mock', version: '7' })).toMatchObject({
    code: 'unsupported-choice',
    detail: expect.stringContaining('latest'),
    errors: { 'agent.version': expect.anything() },
  });
  expect(check({ type: 'mock', settings: { scenario: 'no-such' } })).toMatchObject({
    code: 'unsupported-choice',
    detail: expect.stringContaining('quick-edit'),
    errors: { 'agent.settings.scenario': expect.anything() },
  });
  expect(check({ type: 'mock', settings: { scenario: { timeline: 1 } } })?.code).toBe('invalid-request');
  expect(check({ type: 'mock', settings: { scenario: 'constructor' } })?.code).toBe('unsupported-choice');
});

test('prompts of a command agent are bounded in bytes', () => {
  expect(check(command('node', '{prompt}'), 'ä'.repeat(32 * 1024))).toBeUndefined();
  expect(check(command('node', '{prompt}'), 'ä'.repeat(32 * 1024 + 1))?.errors).toHaveProperty(['prompt']);
  expect(check(command('node', '{prompt}{prompt}'), 'a'.repeat(64 * 1024))?.errors).toHaveProperty([
    'agent.settings.command.1',
  ]);
  const many = Array.from({ length: 30 }, () => '{prompt}');
  expect(check(command('node', ...many), 'a'.repeat(60 * 1024))?.errors).toHaveProperty([
    'agent.settings.command',
  ]);
});

test('content blocks become the text of an argument; what is no text is refused', () => {
  const blocks: Prompt = [
    { type: 'text', text: 'one' },
    { type: 'resource_link', uri: 'file:///a', name: 'a' },
    { type: 'resource', resource: { uri: 'file:///b', text: 'two' } },
  ];
  const plan = planProgram('command', { command: ['echo', '<{prompt}>'] }, 'agent', blocks, host);
  expect(plan.argv).toEqual(['echo', '<one\n\n[a](file:///a)\n\ntwo>']);
  const image: Prompt = [
    { type: 'text', text: 'x' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
  ];
  expect(check(command('node'), image)?.errors).toHaveProperty(['prompt.1']);
});

test('the mock agent gets its settings by its environment, within what one variable holds', () => {
  const settings = { scenario: 'quick-edit', speed: 0.5 };
  expect(planProgram('mock', settings, 'agent', 'x', host)).toEqual({
    argv: host.mockAgentCommand,
    env: { AH_MOCK_SETTINGS: JSON.stringify(settings), AH_MOCK_PROMPT: 'x' },
    prompt: [{ type: 'text', text: 'x' }],
    acp: {},
  });
  const large = { scenario: { name: 'x'.repeat(130 * 1024), timeline: [] } };
  expect(check({ type: 'mock', settings: large })?.errors).toHaveProperty(['agent.settings.scenario']);
});

test('a terminal is refused where there is none, and only there', async () => {
  const inTerminal = { type: 'command', settings: { command: ['node'], terminal: true } } as const;
  const request = (agent: AgentChoice) => ({ prompt: 'x', repo: { mode: 'none' as const }, agent });
  const why = async () => 'It was not built for this host.';
  await expect(checkTerminals(request(inTerminal), why)).rejects.toMatchObject({
    code: 'unsupported-choice',
    errors: { 'agent.settings.terminal': [expect.stringContaining('It was not built for this host.')] },
  });
  await checkTerminals(request(inTerminal), async () => undefined);
  await checkTerminals(request(command('node')), why);
  expect(
    check({ type: 'command', settings: { command: ['node'], terminal: { cols: 0, rows: 1 } } })?.code,
  ).toBe('invalid-request');
});
