import { execFileSync, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab, runOn, write } from './testing/lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const sessionId = 'S1';
const at = Date.UTC(2026, 0, 2);

const provision = async (files: Record<string, string | Buffer>): Promise<string> =>
  (
    await lab.workspaces.provision(
      runOn({ mode: 'git', url: lab.repository('source', files) }, { sessionId }),
    )
  ).path;

const archive = (path?: string, signal?: AbortSignal) =>
  lab.workspaces.look.archive(sessionId, { path, root: 'S1', at, signal });

/** Unpacks an archive, and gives its names as tar tells them. */
const unpack = async (name: string, bytes: AsyncIterable<Uint8Array>) => {
  const file = join(lab.root, `${name}.tar.gz`);
  const folder = join(lab.root, name);
  mkdirSync(folder);
  await pipeline(Readable.from(bytes), createWriteStream(file));
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  const names = execFileSync('tar', ['-tzf', file, '--quoting-style=literal'], { encoding: 'utf8' });
  return { folder: join(folder, 'S1'), names: names.trimEnd().split('\n') };
};

test('has every file as it is, links as links, and names that begin alike; also after a release', async () => {
  const long = `${'d'.repeat(120)}/${'f'.repeat(120)}.txt`;
  const directory = await provision({
    '.gitignore': 'dist/\n',
    'a.txt': 'one\r\n',
    'run.sh': '#!/bin/sh\n',
    empty: '',
    [long]: 'long',
    'src/ä ö.bin': Buffer.from([0, 255, 10, 13]),
  });
  write(directory, { 'dist/x.js': 'ignored', 'src/new.txt': 'new' });
  execFileSync('chmod', ['+x', join(directory, 'run.sh')]);
  symlinkSync('/etc/passwd', join(directory, 'out'));
  symlinkSync('../a.txt', join(directory, 'src/link'));
  const see = async (name: string) => {
    const { folder, names } = await unpack(name, await archive());
    expect(names.sort()).toEqual(
      ['.gitignore', 'a.txt', long, 'empty', 'out', 'run.sh', 'src/link', 'src/new.txt', 'src/ä ö.bin']
        .map((path) => `S1/${path}`)
        .sort(),
    );
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one\r\n');
    expect([...readFileSync(join(folder, 'src/ä ö.bin'))]).toEqual([0, 255, 10, 13]);
    expect(readFileSync(join(folder, long), 'utf8')).toBe('long');
    expect([readlinkSync(join(folder, 'out')), readlinkSync(join(folder, 'src/link'))]).toEqual([
      '/etc/passwd',
      '../a.txt',
    ]);
    expect(statSync(join(folder, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, 'a.txt')).mtimeMs).toBe(at);
  };
  await see('live');
  await lab.workspaces.release(sessionId);
  await see('released');
});

test('has a part of it by the same names, and refuses what is not there', async () => {
  await provision({ 'src/a.txt': 'a', 'src/deep/b.txt': 'b', 'srcs/c.txt': 'c' });
  for (const path of ['src', 'src/']) {
    expect((await unpack(path.replace('/', '-slash'), await archive(path))).names).toEqual([
      'S1/src/a.txt',
      'S1/src/deep/b.txt',
    ]);
  }
  expect((await unpack('one', await archive('srcs/c.txt'))).names).toEqual(['S1/srcs/c.txt']);
  for (const path of ['..', '../source', '/etc', '.git', 'src/a.txt/x', 'no', '.', 's']) {
    await expect(archive(path), path).rejects.toMatchObject({ code: 'file-not-found' });
  }
});

test('takes little memory for a large file, waits for its reader, and ends with it', async () => {
  const directory = await provision({ 'a.txt': 'a' });
  // Random, so that it cannot be made small on the way.
  execFileSync('dd', ['if=/dev/urandom', `of=${join(directory, 'large.bin')}`, 'bs=1M', 'count=100'], {
    stdio: 'ignore',
  });
  const held = heldBytes();
  const before = held();
  let bytes = 0;
  let seen = 0;
  let most = 0;
  for await (const piece of await archive()) {
    bytes += piece.length;
    if (bytes - seen < 10 * 1024 * 1024) continue;
    seen = bytes;
    most = Math.max(most, held() - before);
  }
  expect(bytes).toBeGreaterThan(100 * 1024 * 1024);
  expect(most).toBeLessThan(16 * 1024 * 1024);

  const gits = () => {
    // It ends with 1 when there is none.
    const { stdout } = spawnSync('pgrep', ['-f', `git-dir=${lab.stateDir}`], { encoding: 'utf8' });
    return stdout;
  };
  for await (const _piece of await archive()) break;
  const leaving = new AbortController();
  const left = (await archive(undefined, leaving.signal))[Symbol.asyncIterator]();
  await left.next();
  leaving.abort();
  await expect(
    (async () => {
      for (let next = await left.next(); next.done !== true; next = await left.next());
    })(),
  ).rejects.toThrow();
  // One that nobody reads holds nothing.
  await (await archive())[Symbol.asyncIterator]().return?.();
  await expect.poll(gits, { timeout: 10_000 }).toBe('');
});

/** What buffers hold once nobody's are gone: when they go is up to the collector. */
const heldBytes = (): (() => number) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  return () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
};

test.runIf(process.platform === 'linux')('names that are no UTF-8 and read alike lose no file', async () => {
  const directory = await provision({ 'a.txt': 'x' });
  for (const byte of ['\xfd', '\xfe', '\xff'])
    writeFileSync(Buffer.from(`${directory}/odd-${byte}`, 'latin1'), byte);
  const { folder, names } = await unpack('odd', await archive());
  const odd = ['odd-\ufffd', 'odd-\ufffd~2', 'odd-\ufffd~3'];
  expect(names.sort()).toEqual(['a.txt', ...odd].map((name) => `S1/${name}`));
  expect(odd.map((name) => readFileSync(join(folder, name), 'utf8')).sort()).toEqual([
    '\xfd',
    '\xfe',
    '\xff',
  ]);
});
