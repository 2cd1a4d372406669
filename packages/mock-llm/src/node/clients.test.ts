import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeScenario } from '@agent-harbor/scenario';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI, type Part } from '@google/genai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentTools } from '../testing/agent-tools.ts';
import { mend } from '../testing/scenarios.ts';
import { type RunningMockLlm, startMockLlm } from './start-mock-llm.ts';

// The vendors' own clients read what the mock says: whatever they refuse, agents would refuse as well.
let mock: RunningMockLlm;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-mock-llm-'));
  const file = join(folder, 'mend.yaml');
  writeFileSync(file, writeScenario(mend));
  mock = await startMockLlm({
    port: 0,
    speed: 0,
    strict: true,
    scenarioFiles: [file],
    log: join(folder, 'log.jsonl'),
  });
});
afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => mock.reset());

const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** What was answered, as it is sent back. */
const said = (output: readonly OpenAI.Responses.ResponseOutputItem[]): OpenAI.Responses.ResponseInputItem[] =>
  output.flatMap((item) =>
    item.type === 'message' ||
    item.type === 'reasoning' ||
    item.type === 'function_call' ||
    item.type === 'custom_tool_call'
      ? [item]
      : [],
  );

const prompt = 'Mend the cart';
const where = 'Working directory: /repo';
const words = 'I read the cart. It is – as they say – “small”.';

describe('Anthropic Messages', () => {
  const client = () => new Anthropic({ apiKey: 'any', baseURL: mock.url, maxRetries: 1 });
  const tools = agentTools.claude.map(({ name, schema }) => ({
    name,
    input_schema: { ...schema, type: 'object' as const },
  }));
  const asked = {
    model: 'm',
    max_tokens: 1000,
    system: where,
    tools,
    messages: [{ role: 'user' as const, content: prompt }],
  };

  test('a stream brings thoughts, words and a tool, and the next request the next answer', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const first = await client()
      .messages.stream({ ...asked, thinking })
      .finalMessage();
    expect(first).toMatchObject({ role: 'assistant', model: 'm', stop_reason: 'tool_use' });
    expect(first.content).toMatchObject([
      { type: 'thinking', thinking: 'Let me see the file first.', signature: expect.stringMatching(/./) },
      { type: 'text', text: words },
      { type: 'tool_use', name: 'Read', input: { file_path: '/repo/src/cart.js' } },
    ]);
    expect(first.usage.output_tokens).toBeGreaterThan(10);
    const [, , call] = first.content;
    const result = {
      type: 'tool_result' as const,
      tool_use_id: call?.type === 'tool_use' ? call.id : '',
      content: 'item.price',
    };
    const messages = [
      ...asked.messages,
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: [result] },
    ];
    const second = await client().messages.create({ ...asked, messages });
    expect(second.content).toMatchObject([
      {
        type: 'tool_use',
        name: 'Edit',
        input: { old_string: 'item.price', new_string: 'item.price * item.quantity' },
      },
    ]);
  });

  test('who wants no thoughts hears none', async () => {
    const { content } = await client().messages.create(asked);
    expect(content.map(({ type }) => type)).toEqual(['text', 'tool_use']);
  });

  test('tokens are counted and models listed', async () => {
    const { input_tokens } = await client().messages.countTokens({ model: 'm', messages: asked.messages });
    expect(input_tokens).toBeGreaterThan(5);
    const models = await all(client().models.list());
    expect(models.map(({ id }) => id)).toEqual(['mock-large', 'mock-small']);
  });

  test('an overload is tried again, a rate limit says when, and a cut stream is noticed', async () => {
    mock.faults.add({ kind: 'overload', count: 1 });
    expect((await client().messages.create(asked)).stop_reason).toBe('tool_use');
    expect(mock.requests.list().map(({ status }) => status)).toEqual([529, 200]);
    mock.faults.add({ kind: 'rate-limit', retryAfterSeconds: 7 });
    const refused = client().messages.create(asked, { maxRetries: 0 });
    await expect(refused).rejects.toMatchObject({ status: 429 });
    const refusal: unknown = await refused.catch((error: unknown) => error);
    const headers = refusal instanceof Anthropic.APIError ? refusal.headers : undefined;
    expect(headers?.get('retry-after')).toBe('7');
    mock.faults.clear();
    mock.faults.add({ kind: 'cut', afterEvents: 4 });
    await expect(client().messages.stream(asked, { maxRetries: 0 }).finalMessage()).rejects.toThrow();
  });

  test('what the scenario does not expect is refused, with the difference', async () => {
    const other = { ...asked, messages: [{ role: 'user' as const, content: 'Sing a song' }] };
    const refused = client().messages.create(other);
    await expect(refused).rejects.toThrow(/- prompt: \\"Mend the cart\\"[\s\S]*\+ prompt: \\"Sing a song\\"/);
    expect(mock.requests.list().at(-1)).toMatchObject({ outcome: 'mismatch', status: 400 });
    const none = { ...asked, tools: tools.filter(({ name }) => name === 'TodoWrite') };
    await expect(client().messages.create(none)).rejects.toThrow(/- a tool for readFile/);
  });

  test('a missing key is refused, whatever is asked', async () => {
    const answer = await fetch(`${mock.url}/v1/messages`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      {
        type: 'error',
        error: { type: 'authentication_error', message: expect.stringContaining('ANTHROPIC_API_KEY') },
      },
    ]);
  });
});

describe('OpenAI', () => {
  const client = () => new OpenAI({ apiKey: 'any', baseURL: `${mock.url}/v1`, maxRetries: 0 });

  test('Chat Completions stream words and a tool, and say what it cost', async () => {
    const tools = agentTools.opencode.map(({ name, schema }) => ({
      type: 'function' as const,
      function: { name, parameters: schema ?? {} },
    }));
    const messages = [
      { role: 'system' as const, content: where },
      { role: 'user' as const, content: prompt },
    ];
    const asked = { model: 'm', messages, tools };
    const stream = client().chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    const whole = await client().chat.completions.create(asked);
    for (const { choices, usage } of [streamed, whole]) {
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          content: words,
          tool_calls: [
            { type: 'function', function: { name: 'read', arguments: '{"filePath":"/repo/src/cart.js"}' } },
          ],
        },
      });
      expect(usage?.total_tokens).toBeGreaterThan(10);
    }
    expect(streamed.id).toBe(whole.id);
  });

  test('a title is given beside the work, and does not move the scenario', async () => {
    const title = await client().chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: `Generate a title for this: "${prompt}"` }],
    });
    expect(title.choices[0]?.message.content).toBe('mend');
    expect(mock.requests.list()[0]?.outcome).toBe('aside');
  });

  test('Responses stream thoughts, words and tools, and go on from the items', async () => {
    const tools = [
      ...agentTools.codex.map(({ name, schema }) => ({
        type: 'function' as const,
        name,
        parameters: schema ?? {},
        strict: false,
      })),
      { type: 'custom' as const, name: 'apply_patch' },
    ];
    const begun = [
      { role: 'developer' as const, content: 'Use apply_patch.' },
      { role: 'user' as const, content: '<environment_context>\n  <cwd>/repo</cwd>\n</environment_context>' },
      { role: 'user' as const, content: prompt },
    ];
    const first = await client().responses.stream({ model: 'm', input: begun, tools }).finalResponse();
    expect(first.output_text).toBe(words);
    expect(first.output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'Let me see the file first.' }] },
      { type: 'message' },
      { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"cat -- src/cart.js"}' },
    ]);
    const call = first.output.find((item) => item.type === 'function_call');
    const output = {
      type: 'function_call_output' as const,
      call_id: call?.call_id ?? '',
      output: 'sum + item.price,\n',
    };
    const second = await client().responses.create({
      model: 'm',
      input: [...begun, ...said(first.output), output],
      tools,
    });
    expect(second.output).toMatchObject([
      {
        type: 'custom_tool_call',
        name: 'apply_patch',
        input: expect.stringContaining('-sum + item.price,\n+sum + item.price * item.quantity,'),
      },
    ]);
    // Who sends only what follows a response is understood as well.
    const short = { model: 'm', input: [output], tools, previous_response_id: first.id };
    expect((await client().responses.create(short)).output).toEqual(second.output);
    const third = await client().responses.create({
      model: 'm',
      input: [
        ...begun,
        ...said(first.output),
        output,
        ...said(second.output),
        { type: 'custom_tool_call_output', call_id: 'x', output: 'Success' },
      ],
      tools,
    });
    expect(third.output).toMatchObject([
      { type: 'message', content: [{ text: 'Now the tests.' }] },
      { type: 'function_call', arguments: JSON.stringify({ cmd: `node --test 'it'\\''s'` }) },
    ]);
  });

  test('models are listed, and a response that was never kept is refused', async () => {
    const models = await all(client().models.list());
    expect(models.map(({ id }) => id)).toEqual(['mock-large', 'mock-small']);
    const lost = client().responses.create({ model: 'm', input: 'x', previous_response_id: 'resp_1' });
    await expect(lost).rejects.toThrow(/previous_response_id/);
  });
});

describe('Gemini', () => {
  const client = () => new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: mock.url } });
  const functionDeclarations = agentTools.gemini.map(({ name, schema }) => ({
    name,
    parametersJsonSchema: schema,
  }));
  const config = {
    systemInstruction: where,
    tools: [{ functionDeclarations }],
    thinkingConfig: { includeThoughts: true },
  };
  const contents = [{ role: 'user', parts: [{ text: prompt }] }];

  test('a stream brings thoughts, words and a function, and the next request the next answer', async () => {
    const parts: Part[] = [];
    const stream = await client().models.generateContentStream({ model: 'm', contents, config });
    for await (const chunk of stream) parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    const text = (isThought: boolean) =>
      parts
        .filter(({ thought }) => (thought === true) === isThought)
        .map((part) => part.text ?? '')
        .join('');
    expect(text(true)).toBe('Let me see the file first.');
    expect(text(false)).toBe(words);
    const [call] = parts.flatMap(({ functionCall }) => functionCall ?? []);
    expect(call).toMatchObject({ name: 'read_file', args: { file_path: '/repo/src/cart.js' } });
    const answered = [
      ...contents,
      { role: 'model', parts },
      {
        role: 'user',
        parts: [{ functionResponse: { name: 'read_file', response: { output: 'item.price' } } }],
      },
    ];
    const second = await client().models.generateContent({ model: 'm', contents: answered, config });
    expect(second.functionCalls).toMatchObject([{ name: 'replace' }]);
    expect(second.usageMetadata?.totalTokenCount).toBeGreaterThan(10);
  });

  test('JSON is given as its schema wants it', async () => {
    const schema = {
      type: 'object',
      properties: { next: { type: 'string', enum: ['user', 'model'] } },
      required: ['next'],
    };
    const { text } = await client().models.generateContent({
      model: 'm',
      contents,
      config: { ...config, responseMimeType: 'application/json', responseJsonSchema: schema },
    });
    expect(JSON.parse(text ?? '')).toEqual({ next: 'user' });
  });

  test('tokens are counted, models listed, and a failure is one of theirs', async () => {
    expect((await client().models.countTokens({ model: 'm', contents })).totalTokens).toBeGreaterThan(5);
    const models = await all(await client().models.list());
    expect(models.map(({ name }) => name)).toEqual(['models/mock-large', 'models/mock-small']);
    mock.faults.add({ kind: 'rate-limit', retryAfterSeconds: 3, api: 'gemini' });
    const limited = client().models.generateContent({ model: 'm', contents, config });
    await expect(limited).rejects.toThrow(/RESOURCE_EXHAUSTED[\s\S]*3s/);
  });
});

test('requests are kept in a file and at an address, without their keys', async () => {
  const headers = {
    'x-api-key': 'very-secret',
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
  };
  const body = JSON.stringify({
    model: 'logged',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Sing' }],
  });
  const sent = await fetch(`${mock.url}/v1/messages`, { method: 'POST', headers, body });
  expect(sent.status).toBe(200);
  const listed = await (await fetch(`${mock.url}/mock/requests?outcome=aside`, { headers })).json();
  expect(listed.items.at(-1)).toMatchObject({ model: 'logged', body: { max_tokens: 1 } });
  await expect.poll(() => readFile(join(folder, 'log.jsonl'), 'utf8')).toContain('"logged"');
  expect(await readFile(join(folder, 'log.jsonl'), 'utf8')).not.toContain('very-secret');
  expect((await fetch(`${mock.url}/mock/requests`)).status).toBe(401);
});
