import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { run } from '../run.ts';
import { createFakeIo, type FakeIoOptions } from '../testing/fake-io.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts it and gives where it is; the first line tells. */
const serve = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo(options);
  const ended = run(['mock-llm', '--port', '0', '--json', ...argv], io);
  closing.push(() => {
    io.interrupt();
    return ended;
  });
  await io.seen('url');
  const { url } = JSON.parse(io.out());
  const ask = (prompt: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }),
    });
  return { io, ask, url: String(url), ended };
};

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'ah-mock-llm-'));
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
};

const greet = `name: greet
timeline:
  - userInputs: [[0, Greet me]]
  - agentEdits: { path: a, linesAdded: 1 }
  - agentEdits: { path: a, linesAdded: 2 }
  - llmResponse: [{ assistant: [[5000, Good day]] }]
`;

test('it plays a scenario, says what it cannot, and writes down what it was asked', async () => {
  const place = await folder();
  const [file, log] = [join(place, 'greet.yaml'), join(place, 'log.jsonl')];
  await writeFile(file, greet);
  const { ask, io, ended } = await serve(['--scenario', file, '--speed', '0', '--log', log, '--strict']);
  expect((await (await ask('Greet me')).json()).choices[0].message.content).toBe('Good day');
  expect((await ask('Go away')).status).toBe(400);
  // Once, and nothing of the scenarios that nobody brought.
  expect(io.err().match(/^Not played: .*/gm)).toEqual([expect.stringContaining('greet: agentEdits of a')]);
  io.interrupt();
  expect(await ended).toBe(0);
  const outcomes = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).outcome);
  expect(outcomes).toEqual(['scenario', 'mismatch']);
});

test('faults and models come from flags, the environment and a file', async () => {
  const place = await folder();
  await writeFile(
    join(place, 'c.json'),
    JSON.stringify({ mockLlm: { faults: [{ kind: 'status', status: 418, asides: true }] } }),
  );
  const overload = '{"kind": "overload", "count": 1, "asides": true}';
  const flagged = await serve([
    '--fault',
    overload,
    '--fault',
    '{"kind": "latency", "ms": 1}',
    '--speed',
    '0',
  ]);
  expect([(await flagged.ask('x')).status, (await flagged.ask('x')).status]).toEqual([503, 200]);
  const env = { AH_MOCK_LLM_FAULTS: overload, AH_MOCK_LLM_MODELS: 'one,two', AH_MOCK_LLM_SPEED: '0' };
  const fromEnv = await serve([], { env });
  expect((await fromEnv.ask('x')).status).toBe(503);
  const models = await fetch(`${fromEnv.url}/v1/models`, { headers: { authorization: 'Bearer any' } });
  expect((await models.json()).data.map(({ id }: { id: string }) => id)).toEqual(['one', 'two']);
  expect((await (await serve(['--config', join(place, 'c.json')])).ask('x')).status).toBe(418);
});

test.each([
  [['--fault', 'nonsense'], '--fault: must be a JSON object'],
  [['--fault', '{"kind": "flood"}'], '--fault (number 1).kind: '],
  [['--host', '0.0.0.0'], '--host: must be a loopback address'],
  [['--scenario', 'none-of-it.yaml'], 'none-of-it.yaml cannot be read'],
])('%s is refused where it was said', async (argv, phrase) => {
  const io = createFakeIo();
  expect(await run(['mock-llm', '--port', '0', ...argv], io)).not.toBe(0);
  expect(io.err()).toContain(phrase);
});

test('a wrong variable leads to its own help', async () => {
  const io = createFakeIo({ env: { AH_MOCK_LLM_PORT: 'x' } });
  expect(await run(['mock-llm'], io)).not.toBe(0);
  expect(io.err()).toContain('ah mock-llm --help');
});
