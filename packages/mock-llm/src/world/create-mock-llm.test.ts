import type { Scenario } from '@agent-harbor/scenario';
import { expect, test } from 'vitest';
import { agentTools } from '../testing/agent-tools.ts';
import { mend, scenario } from '../testing/scenarios.ts';
import { createMockLlm, type MockLlmOptions } from './create-mock-llm.ts';

const still = { now: () => 0, schedule: () => () => undefined };
const create = (scenarios: readonly Scenario[], more: Partial<MockLlmOptions> = {}) =>
  createMockLlm({
    ...{ scenarios, clock: still, seed: 's', isStrict: true, speed: 1, models: ['m'], faults: [] },
    ...more,
  });
const tools = agentTools.claude.map(({ name, schema }) => ({ name, input_schema: schema }));

/** Asks as an agent does that speaks the Messages, and gives what was answered. */
const ask = (mock: ReturnType<typeof create>, messages: readonly object[], more: object = {}) => {
  const answer = mock.answer({
    method: 'POST',
    path: '/v1/messages',
    query: new Map(),
    headers: new Map([['x-api-key', 'k']]),
    body: JSON.stringify({ model: 'm', max_tokens: 9, tools, messages, ...more }),
  });
  const text = 'text' in answer.body ? answer.body.text : '{}';
  return { ...answer, json: JSON.parse(text) };
};
const user = (content: unknown) => ({ role: 'user', content });
const model = (content: unknown) => ({ role: 'assistant', content });
const result = (id: string, content: string) => user([{ type: 'tool_result', tool_use_id: id, content }]);
const prompt = user('Mend the cart');

test('the same request gets the same answer, with the same ids, however often it is sent', () => {
  const [one, other] = [create([mend]), create([mend])];
  const first = ask(one, [prompt]);
  expect(ask(one, [prompt]).json).toEqual(first.json);
  expect(ask(other, [prompt]).json).toEqual(first.json);
  expect(ask(create([mend], { seed: 't' }), [prompt]).json.id).not.toBe(first.json.id);
});

test.each([
  ['x-api-key', { data: [{ type: 'model', id: 'm' }] }],
  ['anthropic-version', { type: 'error' }],
  ['authorization', { object: 'list', data: [{ id: 'm' }] }],
  ['x-goog-api-key', { models: [{ name: 'models/m' }] }],
])('whose list of models is asked for is told by %s', (header, list) => {
  const headers = new Map([[header, 'Bearer k']]);
  const asked = { method: 'GET', path: '/v1/models', query: new Map(), headers, body: '' };
  const { body } = create([mend]).answer(asked);
  expect(JSON.parse('text' in body ? body.text : '{}')).toMatchObject(list);
});

test('an answer takes the time the scenario says', () => {
  expect(ask(create([mend]), [prompt]).waitMs).toBe(150);
  expect(ask(create([mend], { speed: 0 }), [prompt]).waitMs).toBe(0);
  const { body } = ask(create([mend], { speed: 2 }), [prompt], { stream: true });
  const times = 'frames' in body ? body.frames.map(({ atMs }) => atMs) : [];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBe(300);
});

test('where agents add words of their own, the prompt is still found', () => {
  const mock = create([scenario({ name: 'other', timeline: [{ userInputs: [[0, 'Sing']] }] }), mend]);
  const wrapped = user([
    { type: 'text', text: '<system-reminder>Sing, or not</system-reminder>' },
    { type: 'text', text: 'Title: “Mend   the\n cart”' },
  ]);
  ask(mock, [wrapped]);
  expect(mock.requests.list()[0]).toMatchObject({ scenario: 'mend', outcome: 'scenario' });
});

test('a tool that gives something else than the scenario expects is a mismatch, and not where it is not strict', () => {
  const asked = ask(create([mend]), [prompt]).json;
  const [, call] = asked.content;
  const wrong = [prompt, model(asked.content), result(call.id, 'nothing of the kind')];
  expect(ask(create([mend]), wrong)).toMatchObject({
    status: 400,
    json: {
      error: {
        message: expect.stringMatching(/- readFile gives: "item.price"\n\+ readFile gives: "nothing/),
      },
    },
  });
  expect(ask(create([mend], { isStrict: false }), wrong).status).toBe(200);
  const unanswered = [prompt, model(asked.content), user('What about it?')];
  expect(ask(create([mend]), unanswered).json.error.message).toMatch(
    /results of 1 tools[\s\S]*What about it\?/,
  );
  const foreign = [
    prompt,
    model([{ type: 'tool_use', id: 'x', name: 'Bash', input: {} }]),
    result('x', 'item.price'),
  ];
  expect(ask(create([mend]), foreign).json.error.message).toContain('- tools used: Read\n+ tools used: Bash');
});

test('behind the end there is nothing more, which is refused where it is strict', () => {
  const short = scenario({
    name: 's',
    timeline: [{ userInputs: [[0, 'Sing']] }, { llmResponse: [{ assistant: [[0, 'La']] }] }],
  });
  const over = [user('Sing'), model('La'), user('Again')];
  expect(ask(create([short]), over).json.error.message).toContain('nothing left to say');
  expect(ask(create([short], { isStrict: false }), over).json.content[0].text).toContain(
    'nothing left to say',
  );
});

test('the next turn is found by its prompt, also when the one before was broken off', () => {
  const two = scenario({
    name: 'two',
    timeline: [
      { userInputs: [[0, 'First']] },
      { listDir: { path: '.' } },
      { llmResponse: [{ assistant: [[0, 'one']] }] },
      { complete: true },
      { userInputs: [[0, 'Second']] },
      { llmResponse: [{ assistant: [[0, 'two']] }] },
    ],
  });
  const mock = create([two]);
  expect(ask(mock, [user('First'), model('(broken off)'), user('Second')]).json.content).toMatchObject([
    { text: 'two' },
  ]);
  expect(mock.requests.list()[0]).toMatchObject({ turn: 1, response: 0 });
});

test('a failure of the service is told once to each conversation, and then answered', () => {
  const failing = scenario({
    name: 'f',
    timeline: [
      { userInputs: [[0, 'Sing']] },
      {
        llmResponse: [
          {
            error: { errorType: 'overloaded_error', statusCode: 529, message: 'Busy', retryAfterSeconds: 2 },
          },
          { assistant: [[0, 'La']] },
        ],
      },
    ],
  });
  const mock = create([failing]);
  const of = (session: string) => ask(mock, [user('Sing')], { metadata: { user_id: session } });
  expect(of('a')).toMatchObject({
    status: 529,
    headers: { 'retry-after': '2' },
    json: { error: { message: 'Busy' } },
  });
  expect([of('a').status, of('b').status, of('b').status]).toEqual([200, 529, 200]);
});

test('faults strike whom they are for, by the seed', () => {
  const mock = create([mend], { faults: [{ kind: 'status', status: 500, skip: 1, count: 1 }] });
  expect([1, 2, 3].map(() => ask(mock, [prompt]).status)).toEqual([200, 500, 200]);
  const strikes = (seed: string) => {
    const other = create([mend], { seed, faults: [{ kind: 'overload', probability: 0.5 }] });
    return Array.from({ length: 40 }, () => ask(other, [prompt]).status === 529);
  };
  expect(strikes('a')).toEqual(strikes('a'));
  expect(strikes('a')).not.toEqual(strikes('b'));
  expect(strikes('a').filter(Boolean).length).toBeGreaterThan(8);
  const gemini = create([mend], { faults: [{ kind: 'overload', api: 'gemini' }] });
  expect(ask(gemini, [prompt]).status).toBe(200);
});

test('what is no request is refused by its member', () => {
  const mock = create([mend]);
  expect(ask(mock, [{ role: 'nobody', content: 'x' }]).json.error.message).toContain('messages.0.role');
  const odd = mock.answer({
    method: 'POST',
    path: '/v1/odd',
    query: new Map(),
    headers: new Map(),
    body: '',
  });
  expect(odd.status).toBe(404);
});
