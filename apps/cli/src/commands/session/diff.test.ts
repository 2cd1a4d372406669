import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo, type FakeIoOptions } from '../../testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

let env: Record<string, string>;
let folder: string;
const hostile = '\u001b]0;owned\u0007';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-diff-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: folder, speed: 0.01 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
  const scenario = JSON.stringify({
    name: 'edits',
    repo: { files: [{ path: 'a.txt', contents: 'one\ntwo\n' }] },
    timeline: [
      { agentEdits: { path: 'a.txt', contents: `one\n<script>${hostile}\n` } },
      { agentEdits: { path: 'b.bin', contents: { base64: 'AAEC' } } },
    ],
  });
  await ah(
    {},
    ...['task', '--repo', '.', '--prompt', 'Do', '--agent', 'mock', '--setting', `scenario=${scenario}`],
    '--follow',
  );
});

const ah = async (options: FakeIoOptions, ...argv: string[]) => {
  const io = createFakeIo({ env, cwd: folder, ...options });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

/** A pager, and what it was shown. */
const fakePager = (leavesAfter = Number.POSITIVE_INFINITY) => {
  const pages: string[] = [];
  let isClosed = false;
  return {
    pages,
    get isClosed() {
      return isClosed;
    },
    pager: {
      write: async (text: string) => void pages.push(text),
      get isLeft() {
        return pages.length >= leavesAfter;
      },
      close: async () => {
        isClosed = true;
      },
    },
  };
};

test('a file that was asked for and not changed is told, beside what there is', async () => {
  const some = await ah({}, 'session', 'diff', 'latest', '--files', 'a.txt,typo.txt,b\u001b.txt');
  expect(some.out).toMatch(/^modified a\.txt/);
  expect([some.code, some.err]).toEqual([0, 'The session did not change typo.txt, b<U+001B>.txt.\n']);
  const none = await ah({}, 'session', 'diff', 'latest', '--files', 'typo.txt');
  expect([none.out, none.err]).toEqual([
    'None of these files was changed.\n',
    'The session did not change typo.txt.\n',
  ]);
  expect((await ah({}, 'session', 'diff', 'latest', '--files', 'a.txt,b.bin')).err).toBe('');
});

test('a diff is that of the last session, with nothing a terminal acts on', async () => {
  const { code, out } = await ah({}, 'session', 'diff');
  expect(code).toBe(0);
  expect(out).toMatch(/^modified a\.txt \(\+1 -1\)\ndiff --git a\/a\.txt b\/a\.txt\n/);
  expect(out).toContain('+<script><U+001B>]0;owned<U+0007>\n');
  expect(out).toContain('added b.bin (+0 -0)\nbinary\n');
  expect(out).not.toContain('\u001b');
  const some = await ah({}, 'session', 'diff', 'latest', '--files', 'b.bin,c');
  expect(some.out).toBe('added b.bin (+0 -0)\nbinary\n');
  expect((await ah({}, 'session', 'diff', 'latest', 'a.txt', '--context', '0')).out).not.toContain(
    '\n one\n',
  );
  expect(await ah({}, 'session', 'diff', 'latest', 'a.txt', '--files', 'b.bin')).toMatchObject({ code: 7 });
  expect(await ah({}, 'session', 'diff', '--format', 'pdf')).toMatchObject({ code: 7 });
});

test('a diff stands side by side, in the columns of the terminal', async () => {
  const { out } = await ah(
    { isTTY: true, columns: 61 },
    'session',
    'diff',
    '--format',
    'split',
    '--no-color',
  );
  expect(out).toContain('@@ -1,2 +1,2 @@\n1   one                       │ 1   one\n');
  expect(out).toMatch(/2 - two {23}│ 2 \+ <script><U\+001B>\]0;owned…\n/);
  const { files } = JSON.parse((await ah({}, 'session', 'diff', '--format', 'split', '--json')).out);
  expect(files[0].hunks[0].rows).toHaveLength(2);
});

test('a diff is a page for a browser, in which nothing runs', async () => {
  const { out } = await ah({}, 'session', 'diff', '--format', 'html');
  expect(out).toMatch(/^<!doctype html>/);
  expect(out).toContain('data-path="a.txt"');
  expect(out).toContain('&lt;script&gt;');
  expect(out).not.toMatch(/<script/i);
  // A terminal gets none of it that it would act on.
  expect((await ah({ isTTY: true }, 'session', 'diff', '--format', 'html')).out).not.toContain('\u001b');
});

test('a person reads it in a pager, a program never', async () => {
  const shown = fakePager();
  const { code, out } = await ah({ isTTY: true, pager: shown.pager }, 'session', 'diff');
  expect([code, out, shown.isClosed]).toEqual([0, '', true]);
  expect(shown.pages.join('')).toContain('\u001b[31m-two\u001b[39m\n');
  const left = fakePager(1);
  await ah({ isTTY: true, pager: left.pager }, 'session', 'diff');
  expect([left.pages.length, left.isClosed]).toEqual([1, true]);
  const declined = fakePager();
  const plain = await ah({ isTTY: true, pager: declined.pager }, 'session', 'diff', '--no-pager');
  expect([plain.out.includes('-two'), declined.pages]).toEqual([true, []]);
  const unread = fakePager();
  await ah({ isTTY: true, pager: unread.pager }, 'session', 'diff', '--json');
  expect(unread.pages).toEqual([]);
});

test('a patch goes into a pipe as it is, into a file, and to a terminal without its escapes', async () => {
  const piped = await ah({}, 'session', 'patch');
  expect(piped.out).toMatch(/^From 0{40} .*\nFrom: Agent Harbor <.*>\n/);
  expect(piped.out).toContain(`+<script>${hostile}\n`);
  expect(piped.out).toContain('GIT binary patch\nliteral 3\n');
  const saved = await ah({}, 'session', 'patch', '-o', 'work.patch');
  expect(saved).toMatchObject({ code: 0, err: '' });
  expect(saved.out).toContain(`git am --keep-cr -- ${join(folder, 'work.patch')}\n`);
  expect(await readFile(join(folder, 'work.patch'), 'utf8')).toBe(piped.out);
  const told = JSON.parse((await ah({}, 'session', 'patch', '-o', 'b', '--files', 'b.bin', '--json')).out);
  expect(told).toEqual({ path: join(folder, 'b'), bytes: expect.any(Number) });
  expect(await readFile(join(folder, 'b'), 'utf8')).not.toContain('a.txt');
  const seen = await ah({ isTTY: true }, 'session', 'patch', '--no-pager');
  expect(seen.out).toContain('<U+001B>]0;owned<U+0007>');
  expect(seen.out).not.toContain('\u001b');
  expect(await ah({}, 'session', 'patch', '--json')).toMatchObject({ code: 7 });
  expect(await ah({}, 'session', 'patch', '-o', 'no/such/folder/x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('--output'),
  });
});

test('files are listed by state and by glob, with what and when', async () => {
  const { out } = await ah({}, 'session', 'files');
  expect(out).toMatch(/^STATUS +LINES +CHANGED +WHAT +PATH\n/);
  expect(out).toMatch(/\nadded +\+0 -0 +\ds +binary +b\.bin\n/);
  const ofState = await ah({}, 'session', 'files', 'latest', '--status', 'added,deleted', '--json');
  expect(JSON.parse(ofState.out).items).toMatchObject([{ path: 'b.bin', status: 'added' }]);
  expect((await ah({}, 'session', 'files', 'latest', '--path', '*.txt')).out).not.toContain('b.bin');
});
