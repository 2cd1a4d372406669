import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewEvent } from '../executor/executor.ts';
import { utf8Bytes } from './bytes.ts';
import { cutText } from './cut-text.ts';
import { encodeEvent, eventBytes } from './encode.ts';

const sessionId = '01J00000000000000000000000';
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const log = (message: string): NewEvent => ({ at, body: { type: 'log', level: 'info', message } });
const toolUse = (tool_args: Record<string, unknown>): NewEvent => ({
  at,
  body: { type: 'tool_use', tool_name: 'write', tool_args, tool_execution_id: 'x', status: 'started' },
});
const encodedBytes = (event: NewEvent) => Buffer.byteLength(encodeEvent(sessionId, 1, event));

test('type comes first, then the place, then the members', () => {
  expect(encodeEvent(sessionId, 7, log('hi'))).toBe(
    `{"type":"log","seq":7,"ts":"2026-01-02T03:04:05.006Z","sessionId":"${sessionId}","level":"info","message":"hi"}`,
  );
});

test('whatever the body holds, the text is what JSON makes of its members in that order', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const body = fc.oneof(
    fc.record({
      type: fc.constant('log' as const),
      level: fc.constant('info' as const),
      message: text,
      tool_execution_id: fc.option(text, { nil: undefined }),
    }),
    // With its members in another order.
    fc.record({ message: text, level: fc.constant('warn' as const), type: fc.constant('log' as const) }),
    fc.record({ type: fc.constant('thought' as const), thought: text }),
  );
  fc.assert(
    fc.property(body, text, fc.integer({ min: 1 }), (body, id, seq) => {
      const { type, ...members } = body;
      const ts = '2026-01-02T03:04:05.006Z';
      expect(encodeEvent(id, seq, { at, body })).toBe(
        JSON.stringify({ type, seq, ts, sessionId: id, ...members }),
      );
    }),
  );
});

test('no member of the body replaces the place', () => {
  const body = { type: 'message' as const, role: 'user' as const, content: 'x', seq: 99, sessionId: 'other' };
  expect(JSON.parse(encodeEvent(sessionId, 7, { at, body }))).toMatchObject({ seq: 7, sessionId });
});

test('a byte below the limit is kept, a byte above is cut and marked', () => {
  const room = eventBytes - encodedBytes(log(''));
  const whole = 'y'.repeat(room);
  expect(JSON.parse(encodeEvent(sessionId, 1, log(whole))).message).toBe(whole);
  const { message } = JSON.parse(encodeEvent(sessionId, 1, log(`${whole}y`)));
  const [, head = '', cut, tail = ''] = /^(y+)… \[(\d+) characters cut\] …(y+)$/.exec(message) ?? [];
  expect(head.length + Number(cut) + tail.length).toBe(room + 1);
  expect(head.length).toBeGreaterThan(eventBytes / 2 - 1024);
});

test('a long tool result keeps head and tail and says that it is truncated', () => {
  const event: NewEvent = {
    at,
    body: {
      type: 'tool_result',
      tool_name: 'sh',
      tool_output: `first${'\u0000'.repeat(eventBytes)}last`,
      tool_execution_id: 'x',
      status: 'completed',
    },
  };
  const stored = SessionEvent.parse(JSON.parse(encodeEvent(sessionId, 1, event)));
  expect(stored).toMatchObject({ truncated: true, tool_output: expect.stringMatching(/^first.*last$/su) });
});

test('many small arguments, deep arguments and endless plans end below the limit and stay events', () => {
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, 'value']));
  let deep: Record<string, unknown> = {};
  for (let level = 0; level < 50_000; level++) deep = { deep };
  const entries = Array.from({ length: 20_000 }, () => ({
    content: 'step',
    priority: 'low' as const,
    status: 'pending' as const,
  }));
  for (const event of [toolUse(wide), toolUse({ deep }), { at, body: { type: 'plan' as const, entries } }]) {
    const json = encodeEvent(sessionId, 1, event);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(eventBytes);
    expect(SessionEvent.safeParse(JSON.parse(json)).success).toBe(true);
  }
});

test('a plan that is cut says how many entries are gone', () => {
  const entries = Array.from({ length: 20_000 }, () => ({
    content: 'step',
    priority: 'low' as const,
    status: 'pending' as const,
  }));
  const plan = JSON.parse(encodeEvent(sessionId, 1, { at, body: { type: 'plan', entries } }));
  expect(plan.entries).toHaveLength(101);
  expect(plan.entries.at(-1).content).toBe('… [19900 entries cut] …');
});

test('a key named __proto__ stays a key', () => {
  const args: Record<string, unknown> = JSON.parse(
    `{"__proto__":{"polluted":1},"text":"${'x'.repeat(eventBytes)}"}`,
  );
  expect(encodeEvent(sessionId, 1, toolUse(args))).toContain('"__proto__":{"polluted":1}');
});

test('whatever the text is, the event is bounded, readable JSON', { timeout: 30_000 }, () => {
  const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40_000 }), (part, times) => {
      const json = encodeEvent(sessionId, 1, log(part.repeat(times)));
      expect(Buffer.byteLength(json)).toBeLessThanOrEqual(eventBytes);
      expect(utf8Bytes(json)).toBe(Buffer.byteLength(json));
      expect(SessionEvent.safeParse(JSON.parse(json)).success).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('cut text keeps pairs whole and counts what JSON will write', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 48, max: 400 }),
      (text, budget) => {
        const cut = cutText(text, budget);
        expect(Buffer.byteLength(JSON.stringify(cut)) - 2).toBeLessThanOrEqual(budget);
        if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true);
        if (Buffer.byteLength(JSON.stringify(text)) - 2 <= budget) expect(cut).toBe(text);
      },
    ),
  );
});

test('bytes are counted as UTF-8 writes them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
    }),
  );
  expect(utf8Bytes('\ud800a\udc00')).toBe(7);
});
