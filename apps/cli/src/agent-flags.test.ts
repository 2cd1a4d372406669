import { expect, test } from 'vitest';
import { Agents, withAgents, withProgram } from './agent-flags.ts';
import { createParser } from './parser.ts';
import { createFakeIo } from './testing/fake-io.ts';

const read = (...argv: string[]): unknown => {
  const parser = withAgents(createParser('ah', createFakeIo(), () => undefined));
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

test('what stands behind -- is the program of the last agent, byte for byte', () => {
  const agents = Agents.parse(read('--agent', 'mock', '--agent', 'command', '--model', 'm'));
  const argv = ['sh', '-c', 'echo "$1"', '--', '--json', ''];
  expect(withProgram(agents, argv)).toEqual([
    { type: 'mock' },
    { type: 'command', model: 'm', settings: { command: argv } },
  ]);
  expect(withProgram(agents, [])).toEqual(agents);
});

test.each([
  ['no agent', [], /behind -- \(sh …\).*--agent acp or command/s],
  ['an agent that takes none', [{ type: 'mock' }], /--agent acp or command/],
  ['an agent that has one', [{ type: 'acp', settings: { command: ['x'] } }], /two programs/],
])('a program for %s is refused', (_what, agents, reason) => {
  expect(() => withProgram(Agents.parse(agents), ['sh'])).toThrow(
    expect.toSatisfy((error: { detail: string; remedy: string }) =>
      reason.test(`${error.detail} ${error.remedy}`),
    ),
  );
});
