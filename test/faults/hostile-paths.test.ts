import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { isOver, launch, untilStatus } from './harness/launch.ts';
import type { ServerUnderTest } from './harness/server.ts';
import { byTier } from './harness/tier.ts';

const canary = 'CANARY 2f7d1a90';
/** What the agent leaves behind: links to everywhere, and a change that is none. */
const work = `
  const fs = require('node:fs');
  const [outside] = process.argv.slice(1);
  fs.writeFileSync('kept.txt', 'changed\\n');
  fs.writeFileSync('.git/canary', '${canary}');
  for (const [name, target] of [['up', outside], ['out', outside + '/canary'], ['host', '/proc/self/root'], ['own', '.git']])
    fs.symlinkSync(target, name);
`;

/** A session whose workspace is hostile, and the folder outside of it that has the canary. */
const open = async (run: FaultRun) => {
  const [outside, repository] = [join(run.folder, 'outside'), join(run.folder, 'repository')];
  for (const folder of [outside, repository]) mkdirSync(folder);
  writeFileSync(join(outside, 'canary'), canary);
  writeFileSync(join(repository, 'kept.txt'), 'kept\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.test', '-C', repository, ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  const server = run.server({ settings: { rateLimit: { requests: 100_000, windowSeconds: 60 } } });
  await server.start();
  const command = [process.execPath, '-e', work, outside];
  const agent = { type: 'command', settings: { command } };
  const sessionId = await launch(server, { prompt: 'x', repo: { mode: 'git', url: repository }, agent });
  expect(await untilStatus(server, sessionId, isOver, 60_000)).toBe('completed');
  return { server, sessionId, outside };
};

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
}
type Door = (session: string, path: string) => Asked;

const segment = (path: string): string => encodeURIComponent(path.toWellFormed());
/** Every route that takes a path, by what it does with it. */
const doors: Readonly<Record<string, Door>> = {
  file: (session, path) => ({ path: `${session}/files/${segment(path)}` }),
  content: (session, path) => ({ path: `${session}/files/${segment(path)}/content` }),
  preview: (session, path) => ({ path: `${session}/files/${segment(path)}/preview?max_bytes=1000` }),
  'as it is written': (session, path) => ({ path: `${session}/files/${path}/content` }),
  files: (session, path) => ({ path: `${session}/files?path=${segment(path)}` }),
  'diff of a file': (session, path) => ({ path: `${session}/diff/${segment(path)}?full=true` }),
  diff: (session, path) => ({ path: `${session}/diff?full=true&files=${segment(path)}` }),
  patch: (session, path) => ({ path: `${session}/patch?files=${segment(path)}` }),
  browse: (session, path) => ({ path: `${session}/workspace/files?recursive=true&path=${segment(path)}` }),
  download: (session, path) => ({ path: `${session}/workspace/download?path=${segment(path)}` }),
  'search of paths': (session, path) => ({ path: `${session}/workspace/search/files?q=${segment(path)}` }),
  search: (session, path) => ({ path: `${session}/files/search?q=CANARY&path=${segment(path)}` }),
  editor: (session, path) => ({
    method: 'POST',
    path: `${session}/open/ide`,
    body: { ide: 'vscode', file: path },
  }),
  attachment: (session, path) => ({
    method: 'POST',
    path: `${session}/chat/messages`,
    body: { content: 'x', attachments: [{ type: 'file', file_path: path }], context_files: [path] },
  }),
  context: (session, path) => ({ method: 'PUT', path: `${session}/context`, body: { add_files: [path] } }),
};

/** As it is: a client that tidies urls would send nothing hostile. */
const ask = async (server: ServerUnderTest, { method = 'GET', path, body }: Asked) => {
  const { hostname, port } = new URL(server.url);
  const authorization = `ApiKey ${await server.key()}`;
  const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return new Promise<{ status: number; type: string; bytes: Buffer }>((resolve, reject) => {
    const asking = request({ hostname, port, method, path, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, bytes: Buffer.concat(pieces) });
      });
    });
    asking.on('error', reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
};

const ways = (outside: string): readonly string[] => {
  const up = '../'.repeat(9);
  const plain = [
    `${up}${outside.slice(1)}/canary`,
    `${outside}/canary`,
    `/${outside}/canary`,
    `file://${outside}/canary`,
    `/proc/self/root${outside}/canary`,
    `host${outside}/canary`,
    `kept.txt/../up/canary`,
    `/proc/self/environ`,
    '../canary',
    'up/canary',
    'out',
    'up',
    'own/canary',
    '.git/canary',
    '.git/config',
    '.GIT/canary',
    'git~1/canary',
    '..',
    '.',
    './up/canary',
    'up//canary',
    'up/./canary',
    'up/canary/',
    'up\\canary',
    '..\\..\\outside\\canary',
    '\uff0e\uff0e/outside/canary',
    'kept.txt\0',
    'up/canary\0.txt',
    '\0',
    '%',
    '%ff',
    '%c0%ae%c0%ae/outside/canary',
    '-',
    '--output=x',
    ':(top)up/canary',
    '*',
    'C:\\canary',
    `${'x'.repeat(300)}/y`,
    `${'a/'.repeat(1500)}b`,
  ];
  return [...plain, ...plain.slice(0, 14).flatMap((way) => [segment(way), way.replaceAll('.', '%2e')])];
};

/** What can stand in the first line of a request; the rest is sent as it would be otherwise. */
const sendable = (path: string): string => path.replaceAll(/[^\x21-\x7e]/g, (letter) => segment(letter));

faultTest('A4: no route answers with a file outside', {}, async (run) => {
  const { server, sessionId, outside } = await open(run);
  const session = `/api/v1/sessions/${sessionId}`;
  const all = ways(outside);
  const told: Record<number, number> = {};
  for (const [name, door] of Object.entries(doors)) {
    const from = run.between(0, 4);
    // Of all ways some hundred in the short tier, another some for each route; those that work best always.
    const tried = all.filter((_, index) => index < 12 || index % 5 === from || byTier(false, true));
    const answers = await Promise.all(
      tried.map(async (way) => {
        const asked = door(session, name === 'as it is written' ? sendable(way) : way);
        const { status, type, bytes } = await ask(server, asked);
        const text = type === 'application/gzip' ? gunzipSync(bytes) : bytes;
        return { way: `${name} ${asked.path} ${JSON.stringify(way)}`, status, type, text };
      }),
    );
    for (const { way, status, type, text } of answers) {
      told[status] = (told[status] ?? 0) + 1;
      run.struck();
      expect(text.includes(canary), way).toBe(false);
      expect(text.includes('PATH='), way).toBe(false);
      expect(text.includes('repositoryformatversion'), way).toBe(false);
      if (status === 200) continue;
      expect([400, 404, 409, 410, 414, 422], `${way}: ${text.subarray(0, 300)}`).toContain(status);
      expect(type, way).toMatch(/^application\/problem\+json/);
    }
  }
  run.tell(
    Object.entries(told)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  );
  // It reads what is its own.
  const { bytes } = await ask(server, { path: `${session}/files/kept.txt/content` });
  expect(JSON.parse(`${bytes}`)).toMatchObject({ content: 'changed\n' });
  expect(told[404]).toBeGreaterThan(told[200] ?? 0);
});
