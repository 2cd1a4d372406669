import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { levelOf, levelsFrom } from './level.ts';

const toolResult = (status: 'completed' | 'failed'): EventBody => ({
  type: 'tool_result',
  tool_name: 'sh',
  tool_output: '',
  tool_execution_id: 'x',
  status,
});
const delivery = (state: 'delivered' | 'nothing-to-deliver' | 'failed'): EventBody => ({
  type: 'delivery',
  mode: 'branch',
  state,
});

test.each<[EventBody, string]>([
  [{ type: 'log', level: 'debug', message: '' }, 'debug'],
  [{ type: 'log', level: 'error', message: '' }, 'error'],
  [{ type: 'status', status: 'running' }, 'info'],
  [{ type: 'status', status: 'completed' }, 'info'],
  [{ type: 'status', status: 'failed' }, 'error'],
  [{ type: 'status', status: 'cancelled' }, 'warn'],
  [{ type: 'status', status: 'stopped' }, 'warn'],
  [delivery('delivered'), 'info'],
  [delivery('nothing-to-deliver'), 'info'],
  [delivery('failed'), 'error'],
  [toolResult('completed'), 'info'],
  [toolResult('failed'), 'error'],
  [{ type: 'thought', thought: '' }, 'info'],
  [{ type: 'usage', input_tokens: 0, output_tokens: 0 }, 'info'],
])('%j is %s', (body, level) => {
  expect(levelOf(body)).toBe(level);
});

test('a level includes the graver ones', () => {
  expect(levelsFrom('debug')).toEqual(['debug', 'info', 'warn', 'error']);
  expect(levelsFrom('warn')).toEqual(['warn', 'error']);
});
