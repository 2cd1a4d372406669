import { expect, test } from 'vitest';
import { AgentChoice, AgentName, AgentType, agentSettings } from './agent.ts';

test('an agent type may be spelt as other clients do, and is kept by its own name', () => {
  for (const type of AgentType.options) expect(AgentName.parse(type)).toBe(type);
  const told = [
    'Claude',
    'claude',
    'Codex',
    'gemini-cli',
    'Opencode',
    'qwen-code',
    'Goose',
    'Copilot',
    'Acp',
  ];
  expect(told.map((name) => AgentName.parse(name))).toEqual([
    'claude-code',
    'claude-code',
    'codex',
    'gemini',
    'opencode',
    'qwen',
    'goose',
    'copilot',
    'acp',
  ]);
  expect(AgentChoice.parse({ type: 'Claude' })).toEqual({ type: 'claude-code' });
  for (const name of ['constructor', '__proto__', 'CLAUDE', 'claude ', '', 7])
    expect(AgentName.safeParse(name).success).toBe(false);
});

test('the model of a vendor is called over HTTP only', () => {
  const reads = (modelUrl: string) => agentSettings['claude-code'].safeParse({ modelUrl }).success;
  expect(['http://127.0.0.1:3005/v1', 'https://gateway.example'].map(reads)).toEqual([true, true]);
  expect(['file:///etc/passwd', 'javascript:0', '127.0.0.1:3005'].map(reads)).toEqual([false, false, false]);
});
