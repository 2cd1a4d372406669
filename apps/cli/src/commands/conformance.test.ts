import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wireSuite } from '@agent-harbor/conformance';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { createFakeIo } from '../testing/fake-io.ts';

const ah = async (argv: readonly string[], env: Record<string, string> = {}, isTTY = false) => {
  const io = createFakeIo({ env, isTTY });
  const code = await run(['conformance', ...argv], io);
  return { code, out: io.out(), err: io.err() };
};

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** A server that answers everything alike. */
const startStub = async (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('a server that keeps its promises', () => {
  let env: Record<string, string>;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ah-conformance-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startMockServer({ port: 0, stateDir: folder, maxConcurrentTasks: 100 });
    closing.push(() => server.close());
    url = server.url;
    env = { AH_HOME: folder };
  });

  test('passes every check, and keeps no trace of it', async () => {
    const repo = 'https://example.test/checks.git';
    const { code, out, err } = await ah([url, '--json', '--repo', repo], env);
    expect(JSON.parse(out).checks.filter(({ outcome }: { outcome: string }) => outcome !== 'holds')).toEqual(
      [],
    );
    expect(JSON.parse(out)).toMatchObject({
      base: url,
      server: expect.stringMatching(/^agent-harbor-mock \d/),
      summary: { total: wireSuite.checks.length, holds: wireSuite.checks.length, fails: 0 },
    });
    expect(err).toContain('now: streams');
    expect(code).toBe(0);
    const key = await readFile(join(folder, 'api-key'), 'utf8');
    for (const list of ['sessions', 'drafts']) {
      const answer = await fetch(`${url}/api/v1/${list}`, {
        headers: { authorization: `ApiKey ${key.trim()}` },
      });
      expect(await answer.json(), list).toMatchObject({ total: 0 });
    }
    // Some hundred checks, one after the other.
  }, 120_000);

  test('is told about by topic, and as JUnit', async () => {
    const file = join(folder, 'out.xml');
    const { code, out } = await ah([url, '--only', 'every answer', '--junit', file], env);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Conformance of http.*\n\nevery answer\n {2}✓ every answer has a request id \(a ULID/,
    );
    expect(out).toMatch(/\n\d+ hold, 0 fail {2}\(\d+\.\d s\)\n$/);
    expect(await readFile(file, 'utf8')).toContain('<testsuite name="every answer"');
  });

  test('is left alone by an interrupted run', async () => {
    const io = createFakeIo({ env });
    const running = run(['conformance', url, '--only', 'streams'], io);
    await io.seen('✓');
    io.interrupt();
    expect(await running).toBe(130);
    expect(io.out()).toContain('0 fail');
  });

  test('may be one that asks for another key, or not be there', async () => {
    expect(await ah([url, '--api-key', 'not-the-right-one'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('refuses the key'),
    });
    expect(await ah([url])).toMatchObject({ code: 4, err: expect.stringContaining('no key for') });
    expect(await ah(['http://127.0.0.1:9', '--api-key', 'x'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('127.0.0.1:9'),
    });
  });
});

describe('a server that does not', () => {
  test('is told what was expected, what came and how to see it', async () => {
    const url = await startStub(200, '{"items":[]}');
    const { code, out } = await ah(
      [url, '--api-key', 'the-key', '--only', 'an unknown path', '--only', 'a stream gives every event'],
      {},
    );
    expect(code).toBe(1);
    expect(out).toContain('✗ says what to do: an unknown path');
    expect(out).toContain('an unknown path: expected the problem route-not-found, got 200 application/json');
    expect(out).toContain(
      `try  curl -isS -H "authorization: ApiKey $AH_API_KEY" -H 'accept:' ${url}/api/v1/nothing`,
    );
    expect(out).toContain('got  200 application/json {"items":[]}');
    expect(out).toContain('- a stream gives every event once');
    expect(out).toContain('does not apply: it needs an agent that edits');
    expect(out).toContain('0 hold, 1 fail, 1 do not apply');
    expect(out).not.toContain('the-key');
  });

  test('may say which agents do what the checks need', async () => {
    const url = await startStub(200, '{}');
    const agent = 'edits={"type":"command","settings":{"command":["true"]}}';
    const { out } = await ah([url, '--only', 'a stream gives every event', '--agent', agent, '--json'], {});
    expect(JSON.parse(out).checks).toMatchObject([
      { outcome: 'fails', reason: expect.stringContaining('the launch: expected 201') },
    ]);
  });

  test('may have nothing but a closed door', async () => {
    const url = await startStub(401, '{}');
    expect(await ah([url, '--api-key', 'x'])).toMatchObject({ code: 4 });
  });
});

test.each([
  [['ftp://x'], 'is no address of a server'],
  [['http://x/api/v1'], 'http://x is enough'],
  [['http://x', '--only', 'nothing like it'], '--only: no check fits'],
  [['http://x', '--agent', 'dances={}'], '--agent: must be one of edits, waits'],
  [['http://x', '--agent', 'edits={"type":"hal"}'], '--agent: must be'],
])('%j is refused', async (argv, reason) => {
  expect(await ah(argv)).toMatchObject({ code: 7, err: expect.stringContaining(reason) });
});

test('the checks can be read without a server', async () => {
  const { code, out } = await ah(['--list', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toHaveLength(wireSuite.checks.length);
  expect((await ah(['--list', '--only', 'lists'])).out).toMatch(/^lists\n {2}pages and cursors/);
});
