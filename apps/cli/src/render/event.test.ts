import type { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { EventType } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { renderLine } from '../terminal/text.ts';
import { age } from './age.ts';
import { eventLine } from './event.ts';

const plain = (event: Parameters<typeof eventLine>[0], columns?: number): string =>
  renderLine(eventLine(event, columns), false);

const place = { seq: 1, ts: '2026-01-02T03:04:05.678Z', sessionId: '01HVZ6K9T1N8S6M3V3Q3F0X000' };

const cases: readonly (readonly [SessionEvent, string])[] = [
  [
    { ...place, type: 'status', status: 'failed', reason: 'It broke.', exitCode: 3 },
    'status    failed (exit code 3) It broke.',
  ],
  [{ ...place, type: 'log', level: 'warn', message: 'careful\nnow' }, 'warn      careful now'],
  [{ ...place, type: 'log', level: 'info', message: 'out', stream: 'stdout' }, 'stdout    out'],
  [{ ...place, type: 'thought', thought: 'hm' }, 'thought   hm'],
  [{ ...place, type: 'message', role: 'assistant', content: 'done' }, 'agent     done'],
  [
    {
      ...place,
      type: 'tool_use',
      tool_name: 'run',
      tool_args: { cmd: ['a', 'b c'] },
      tool_execution_id: 't',
      status: 'started',
    },
    'tool      run a b c',
  ],
  [
    {
      ...place,
      type: 'tool_use',
      tool_name: 'edit',
      tool_args: { path: 'x', n: 1 },
      tool_execution_id: 't',
      status: 'started',
    },
    'tool      edit path=x n=1',
  ],
  [
    {
      ...place,
      type: 'tool_result',
      tool_name: 'run',
      tool_output: 'a\nlast\n',
      tool_execution_id: 't',
      status: 'completed',
    },
    'result    run: last',
  ],
  [
    {
      ...place,
      type: 'tool_result',
      tool_name: 'run',
      tool_output: '',
      tool_execution_id: 't',
      status: 'failed',
    },
    'failed    run:',
  ],
  [
    { ...place, type: 'file_edit', file_path: 'a b', lines_added: 2, lines_removed: 1 },
    'edit      a b (+2 -1)',
  ],
  [{ ...place, type: 'diff', path: 'x', oldText: 'a', newText: null }, 'diff      x (deleted)'],
  [
    {
      ...place,
      type: 'plan',
      entries: [
        { content: 'one', priority: 'high', status: 'completed' },
        { content: 'two', priority: 'low', status: 'in_progress' },
      ],
    },
    'plan      1/2 done. two',
  ],
  [
    { ...place, type: 'usage', input_tokens: 5, output_tokens: 6, model: 'm' },
    'usage     5 tokens in, 6 out (m)',
  ],
  [
    { ...place, type: 'usage', input_tokens: 0, output_tokens: 0, context_tokens: 10, context_window: 99 },
    'usage     window 10 of 99',
  ],
  [
    { ...place, type: 'models', models: [{ id: 'm', name: 'M' }], active: 'm', capabilities: [] },
    'models    m (of 1)',
  ],
  [{ ...place, type: 'agent_session', agent_session_id: 'abc', can: ['load'] }, 'session   abc'],
  [
    { ...place, type: 'agent_session', agent_session_id: 'abc', can: ['load'], continued: true },
    'session   goes on with abc',
  ],
  [{ ...place, type: 'user_input', author: 'me', content: 'go' }, 'input     me: go'],
  [
    { ...place, type: 'approval', approvalId: 'a', state: 'requested', title: 'Run npm install' },
    'approval  asks for leave: Run npm install',
  ],
  [
    {
      ...place,
      type: 'approval',
      approvalId: 'a',
      state: 'answered',
      title: 'Run npm install',
      outcome: 'denied',
      by: 'me',
      note: 'not now',
    },
    'approval  denied Run npm install (by me) not now',
  ],
  [
    { ...place, type: 'approval', approvalId: 'a', state: 'expired', title: 'Run npm install' },
    'approval  expired Run npm install',
  ],
  [
    { ...place, type: 'check', number: 1, command: 'npm test', state: 'failed', exit_code: 1 },
    'check     npm test failed (exit code 1)',
  ],
  [
    {
      ...place,
      type: 'delivery',
      mode: 'branch',
      state: 'delivered',
      branch: 'ah/x',
      commit: 'b'.repeat(40),
    },
    'delivery  delivered ah/x bbbbbbbbbb',
  ],
  [
    {
      ...place,
      type: 'delivery',
      mode: 'pr',
      state: 'delivered',
      branch: 'ah/x',
      targetBranch: 'main',
      commit: 'b'.repeat(40),
      url: 'https://forge.test/pull/1',
    },
    'delivery  delivered ah/x → main bbbbbbbbbb https://forge.test/pull/1',
  ],
];

test.each(cases)('%j', (event, line) => {
  expect(plain(event)).toBe(`03:04:05  ${line}`);
});

test('every type has a case here', () => {
  expect(new Set(cases.map(([{ type }]) => type))).toEqual(new Set(EventType.options));
});

test('the words of the stream and of newer servers have lines too', () => {
  const resync = { type: 'resync', oldest: 'e-5', epoch: 'e', reason: 'pruned' } as const;
  expect(plain(resync)).toBe('          resync    history before e-5 is gone (pruned)');
  const unknown = { ...place, type: 'teleportation\u001b[2J', where: '\u009bx' };
  const line = plain(unknown);
  expect(line).toContain('teleport');
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test('a line stays one line, within the terminal, and holds no foreign escape', () => {
  const event = {
    ...place,
    type: 'thought',
    thought: `\u001b]52;c;x\u0007${'word '.repeat(50)}\r\n`,
  } as const;
  const line = plain(event, 60);
  expect(line).toHaveLength(60);
  expect(line.endsWith('…')).toBe(true);
  // Colours are ours alone.
  const escapes = renderLine(eventLine(event, 60), true).match(/\u001b\[\d+m/g);
  expect(escapes?.length).toBeGreaterThan(0);
  expect(renderLine(eventLine(event, 60), true).replace(/\u001b\[\d+m/g, '')).toBe(line);
});

test.each([
  [5, '5s'],
  [75, '1m'],
  [7300, '2h'],
  [200_000, '2d'],
  [-5, '0s'],
])('%i seconds ago', (seconds, text) => {
  const now = Date.parse('2026-01-02T03:04:05.678Z');
  expect(age(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
});
