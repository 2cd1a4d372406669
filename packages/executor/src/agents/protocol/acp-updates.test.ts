import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { handClock } from '../../testing/hand-clock.ts';
import { createUpdateTranslator } from './acp-updates.ts';
import { createUsageReader } from './acp-usage.ts';
import type { UpdateContext } from './protocol.ts';

const translator = () => {
  const told: (EventBody & { at?: number | undefined })[] = [];
  const claims: string[] = [];
  const { clock, advance } = handClock();
  const context: UpdateContext = {
    clock,
    report: (body, at) => told.push(at === undefined ? body : { ...body, at }),
    claimFile: (path, id) => claims.push(`${path} ${id}`),
    releaseFiles: (id) => claims.push(`- ${id}`),
  };
  const { take, flush } = createUpdateTranslator(
    context,
    createUsageReader(() => undefined),
  );
  return { told, claims, take, flush, advance };
};

const text = (words: string) => ({ type: 'text', text: words });
const thought = (words: string) => ({ sessionUpdate: 'agent_thought_chunk', content: text(words) });
const message = (words: string, messageId?: string) => ({
  sessionUpdate: 'agent_message_chunk',
  content: text(words),
  messageId,
});

test('chunks of one voice are one event, told with the time of the first', () => {
  const { told, take, flush, advance } = translator();
  take(thought('a'));
  advance(500);
  take(thought('b'));
  expect(told).toEqual([]);
  take(message('c'));
  expect(told).toEqual([{ type: 'thought', thought: 'ab', at: 1000 }]);
  take(message('d', 'next'));
  flush();
  flush();
  expect(told.slice(1)).toEqual([
    { type: 'message', role: 'assistant', content: 'c', at: 1500 },
    { type: 'message', role: 'assistant', content: 'd', at: 1500 },
  ]);
});

test('a pause ends what was said', () => {
  const { told, take, advance } = translator();
  take(thought('a'));
  advance(1999);
  take(thought('b'));
  advance(1999);
  expect(told).toEqual([]);
  advance(1);
  expect(told).toEqual([{ type: 'thought', thought: 'ab', at: 1000 }]);
});

test('who says nothing is not told', () => {
  const { told, take, flush } = translator();
  for (const words of ['', '']) take(message(words));
  take(thought(''));
  flush();
  expect(told).toEqual([]);
});

test('long speech comes in bounded events that make it up', () => {
  const { told, take, flush } = translator();
  const words = 'ü€😀'.repeat(20_000);
  take(message(words));
  for (const letter of 'end') take(message(letter));
  flush();
  const contents = told.flatMap((body) => (body.type === 'message' ? [body.content] : []));
  expect(contents.join('')).toBe(`${words}end`);
  for (const content of contents) expect(Buffer.byteLength(content)).toBeLessThanOrEqual(16 * 1024);
});

test('what is no text is named', () => {
  const { told, take, flush } = translator();
  for (const content of [
    { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    { type: 'resource_link', name: 'a', uri: 'file:///a' },
    { type: 'resource', resource: { uri: 'file:///b' } },
    { type: 'resource', resource: { uri: 'file:///b', text: 'words' } },
    { type: 'new' },
    null,
    'x',
  ]) {
    take({ sessionUpdate: 'user_message_chunk', content });
  }
  flush();
  expect(told).toEqual([
    {
      type: 'message',
      role: 'user',
      content: '[image image/png][a](file:///a)[file:///b]words[new]',
      at: 1000,
    },
  ]);
});

test('a tool call is told when its arguments are known, and ended once', () => {
  const { told, claims, take } = translator();
  const call = { sessionUpdate: 'tool_call', toolCallId: '1', title: 'Write', name: 'write', kind: 'edit' };
  take({ ...call, status: 'pending' });
  expect(told).toEqual([]);
  const update = { sessionUpdate: 'tool_call_update', toolCallId: '1' };
  take({ ...update, rawInput: { path: 'a' }, locations: [{ path: '/w/a' }, { path: 7 }] });
  take({ ...update, content: [{ type: 'diff', path: '/w/b', newText: '' }] });
  take({ ...update, status: 'completed', rawOutput: { ok: true } });
  take({ ...update, status: 'completed', rawOutput: 'again' });
  take({ ...update, status: 'failed' });
  const place = { tool_name: 'write', tool_execution_id: '1' };
  expect(told).toEqual([
    { type: 'tool_use', ...place, tool_args: { path: 'a' }, status: 'started' },
    {
      type: 'tool_result',
      ...place,
      tool_output: 'Changed /w/b',
      status: 'completed',
      duration_ms: 0,
      output_bytes: 12,
    },
  ]);
  expect(claims).toEqual(['/w/a 1', '/w/b 1', '/w/b 1', '- 1']);
});

test('a result without a call brings its call with it; a call never heard of again is told at the end', () => {
  const { told, take, flush } = translator();
  take({ sessionUpdate: 'tool_call_update', toolCallId: 'x', status: 'failed', rawOutput: { code: 2 } });
  take({ sessionUpdate: 'tool_call', toolCallId: 'y', title: 'Later' });
  flush();
  expect(told).toEqual([
    { type: 'tool_use', tool_name: 'tool', tool_execution_id: 'x', tool_args: {}, status: 'started' },
    {
      type: 'tool_result',
      tool_name: 'tool',
      tool_execution_id: 'x',
      tool_output: '{"code":2}',
      status: 'failed',
      duration_ms: 0,
      output_bytes: 10,
    },
    { type: 'tool_use', tool_name: 'Later', tool_execution_id: 'y', tool_args: {}, status: 'started' },
  ]);
});

test('a call that is announced without arguments is told with them', () => {
  const { told, take } = translator();
  take({ sessionUpdate: 'tool_call', toolCallId: '1', title: 'Bash', rawInput: {} });
  expect(told).toEqual([]);
  take({ sessionUpdate: 'tool_call_update', toolCallId: '1', rawInput: { command: 'ls' } });
  expect(told).toEqual([expect.objectContaining({ type: 'tool_use', tool_args: { command: 'ls' } })]);
});

test.each([
  [{ command: 'cat a | wc' }, 'execute', ['cat a', 'wc']],
  [{ cmd: 'cat a | wc' }, 'execute', ['cat a', 'wc']],
  [{ command: ['bash', '-lc', 'cat a | wc'] }, 'execute', ['cat a', 'wc']],
  [{ command: ['cat', 'a', '|', 'wc'] }, 'execute', undefined],
  [{ command: 'echo', args: ['a | b'] }, 'execute', undefined],
  [{ command: 'cat a' }, 'execute', undefined],
  [{ command: 'cat a | $(b)' }, 'execute', undefined],
  [{ command: 'a | b' }, 'search', undefined],
  ['a | b', 'execute', undefined],
])('what %j of kind %s ran is told by its steps', (rawInput, kind, commands) => {
  const { told, take } = translator();
  take({ sessionUpdate: 'tool_call', toolCallId: '1', title: 'Run', kind, rawInput, status: 'in_progress' });
  take({ sessionUpdate: 'tool_call_update', toolCallId: '1', status: 'completed' });
  const result = told.find((body) => body.type === 'tool_result');
  const steps = commands?.map((command) => ({ command, argv: command.split(' ') }));
  expect(result?.pipelines).toEqual(steps === undefined ? undefined : [{ steps }]);
});

test.each([
  [{ exitCode: 3 }, 3],
  [{ exit_code: 3 }, 3],
  [{ output: 'x', code: 0 }, 0],
  [{ exitCode: -1 }, undefined],
  ['3', undefined],
])('of a line whose agent tells %j it is known how its last pipeline ended: %s', (rawOutput, exitCode) => {
  const { told, take } = translator();
  const call = { toolCallId: '1', title: 'Run', kind: 'execute', rawInput: { command: 'a; b' } };
  take({ sessionUpdate: 'tool_call', ...call, status: 'in_progress' });
  take({ sessionUpdate: 'tool_call_update', toolCallId: '1', rawOutput, status: 'completed' });
  const result = told.find((body) => body.type === 'tool_result');
  expect(result?.pipelines?.map(({ exit_code }) => exit_code)).toEqual([undefined, exitCode]);
});

test('arguments that are no object, or too large, are kept as well as they can be', () => {
  const { told, take } = translator();
  const call = (toolCallId: string, rawInput: unknown) =>
    take({ sessionUpdate: 'tool_call', toolCallId, title: 'T', rawInput });
  call('1', [1, 2]);
  call('2', { big: 'x'.repeat(100_000) });
  const args = told.flatMap((body) => (body.type === 'tool_use' ? [body.tool_args] : []));
  expect(args[0]).toEqual({ input: [1, 2] });
  expect(Object.keys(args[1] ?? {})).toEqual(['truncated']);
  expect(JSON.stringify(args[1]).length).toBeLessThan(70_000);
});

test('what a tool says meanwhile is told in lines of its own, once, whether it is sent anew or as it grows', () => {
  const { told, take } = translator();
  const say = (toolCallId: string, ...texts: string[]) =>
    take({
      sessionUpdate: 'tool_call_update',
      toolCallId,
      status: 'in_progress',
      content: texts.map((words) => ({ type: 'content', content: text(words) })),
    });
  take({ sessionUpdate: 'tool_call', toolCallId: '1', title: 'Build', status: 'in_progress' });
  say('1', 'one\n');
  say('1', 'one\ntwo\nthr');
  say('1', 'one\ntwo\nthree');
  say('1', 'one\ntwo\nthree');
  say('2', 'first');
  say('2', 'second');
  say('2', 'second', 'third');
  take({ sessionUpdate: 'tool_call_update', toolCallId: '2', content: [{ type: 'diff', path: 'a' }] });
  say('2', '');
  const end = (toolCallId: string) =>
    take({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed' });
  end('1');
  say('1', 'too late');
  const lines = told.flatMap((body) =>
    body.type === 'log' ? [`${body.tool_execution_id} ${body.message}`] : [],
  );
  expect(lines).toEqual(['1 one', '1 two\nthr', '1 three', '2 first', '2 second', '2 third']);
  expect(told.at(-1)).toMatchObject({ type: 'tool_result', tool_output: 'one\ntwo\nthree' });
});

test('a line without an end is told in bounded events, and not again for every letter of it', () => {
  const { told, take } = translator();
  const say = (words: string) =>
    take({
      sessionUpdate: 'tool_call_update',
      toolCallId: '1',
      status: 'in_progress',
      content: [{ type: 'content', content: text(words) }],
    });
  const long = 'x'.repeat(40_000);
  for (const more of ['', 'a', 'ab', 'abc']) say(long + more);
  const lines = told.flatMap((body) => (body.type === 'log' ? [body] : []));
  expect(lines.map(({ message }) => message.length)).toEqual([16_384, 16_384, 7_232, 1, 1, 1]);
  expect(lines.map(({ continued }) => continued)).toEqual([
    true,
    true,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a plan is read leniently', () => {
  const { told, take } = translator();
  take({
    sessionUpdate: 'plan',
    entries: [
      { content: 'a', priority: 'low', status: 'completed' },
      { content: 1, priority: 'urgent' },
      null,
    ],
  });
  take({ sessionUpdate: 'plan' });
  expect(told).toEqual([
    {
      type: 'plan',
      entries: [
        { content: 'a', priority: 'low', status: 'completed' },
        { content: '', priority: 'medium', status: 'pending' },
      ],
    },
    { type: 'plan', entries: [] },
  ]);
});

test('what is not understood is kept for those who look', () => {
  const { told, take } = translator();
  for (const update of [undefined, null, 7, {}, { sessionUpdate: 'later', n: 1 }]) take(update);
  expect(told.map((body) => body.type === 'log' && `${body.level} ${body.message}`)).toEqual([
    'debug Update of the agent: nothing',
    'debug Update of the agent: null',
    'debug Update of the agent: 7',
    'debug Update of the agent: {}',
    'debug Update of the agent: {"sessionUpdate":"later","n":1}',
  ]);
});

test('lone surrogates do not get into events', () => {
  const { told, take, flush } = translator();
  take(message('a\ud800b'));
  flush();
  expect(told).toEqual([expect.objectContaining({ content: 'a\ufffdb' })]);
});
