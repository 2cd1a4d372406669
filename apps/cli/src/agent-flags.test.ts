import { expect, test } from 'vitest';
import { Agents, withAgents } from './agent-flags.ts';
import { createParser } from './command.ts';
import { createFakeIo } from './testing/fake-io.ts';

const read = (...argv: string[]): unknown => {
  const parser = withAgents(createParser('ah', createFakeIo()));
  parser.parse(argv, { from: 'user' });
  return parser.opts().agent;
};

test('each flag belongs to the agent before it', () => {
  const agents = read(
    ...[
      '--agent',
      'mock@1.2',
      '--instances',
      '3',
      '--setting',
      'scenario=quick-edit',
      '--setting',
      'speed=0.5',
    ],
    ...['--agent', 'acp', '--model', 'large', '--setting', 'command=["gemini","--acp"]'],
  );
  expect(Agents.parse(agents)).toEqual([
    { type: 'mock', version: '1.2', count: 3, settings: { scenario: 'quick-edit', speed: 0.5 } },
    { type: 'acp', model: 'large', settings: { command: ['gemini', '--acp'] } },
  ]);
});

test('what belongs to no agent is refused', () => {
  expect(() => read('--model', 'large')).toThrow(/put it after --agent/);
  expect(() => read('--agent', 'mock', '--setting', 'nonsense')).toThrow(/name=value/);
});

test('a second parse starts anew', () => {
  expect(read('--agent', 'mock')).toEqual([{ type: 'mock' }]);
  expect(read('--agent', 'acp')).toEqual([{ type: 'acp' }]);
});
