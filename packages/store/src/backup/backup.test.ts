import { existsSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSeededIds, parseEventId, type Store, wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../index.ts';
import { appended, created, everything, sampleId } from '../testing/samples.ts';
import { createBackup } from './create-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const now = () => Date.parse('2026-03-01T12:00:00Z');

const temporary = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'agent-harbor-backup-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

const put = async (path: string, text: string) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

/** A state directory with a store that is open, a key, a cache and a session's repository that shares its pack. */
const open = async () => {
  const root = await temporary();
  const stateDir = join(root, 'state');
  const store = await openSqliteStore({ path: join(stateDir, 'harbor.db'), ids: createSeededIds('backup') });
  onTestFinished(() => store.close());
  await put(join(stateDir, 'api-key'), 'ah_secret\n');
  await chmod(join(stateDir, 'api-key'), 0o600);
  const pack = join(stateDir, 'cache/one.git/objects/pack/pack-1.pack');
  await put(pack, 'PACK');
  await put(join(stateDir, 'cache/one.git/packed-refs'), 'refs');
  await put(join(stateDir, 'sessions/s1/git/agent-harbor.json'), '{}');
  await mkdir(join(stateDir, 'sessions/s1/git/objects/pack'), { recursive: true });
  await link(pack, join(stateDir, 'sessions/s1/git/objects/pack/pack-1.pack'));
  await put(join(stateDir, 'sessions/s1/git/objects/tmp_obj'), 'half');
  await put(join(stateDir, 'sessions/s1/git/HEAD.lock'), 'half');
  await put(join(stateDir, 'sessions/s1/journal.jsonl'), 'not part of it');
  await store.commit([...created(1), appended(1, 'one', 'two')]);
  const directory = join(root, 'backup');
  const gitDirectories = ['cache/one.git', 'sessions/s1/git'];
  const backUp = (signal?: AbortSignal) =>
    createBackup({ stateDir, directory, gitDirectories, release: '1', now, signal });
  const restore = (to: string, replace = false) => restoreBackup({ directory, stateDir: to, replace, now });
  return { root, stateDir, store, directory, backUp, restore };
};

const reopen = async (stateDir: string): Promise<Store> => {
  const store = await openSqliteStore({ path: join(stateDir, 'harbor.db'), ids: createSeededIds('again') });
  onTestFinished(() => store.close());
  return store;
};

describe('a backup', () => {
  test('has what was committed before it, in files that can be checked', async () => {
    const { stateDir, store, directory, backUp } = await open();
    const manifest = await backUp();
    const newest = (await store.events(everything)).at(-1)?.position;
    expect(manifest).toMatchObject({ format: 1, release: '1', epoch: store.epoch, position: newest });
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([
      'api-key',
      'cache/one.git/objects/pack/pack-1.pack',
      'cache/one.git/packed-refs',
      'harbor.db',
      'sessions/s1/git/agent-harbor.json',
      'sessions/s1/git/objects/pack/pack-1.pack',
    ]);
    expect(await verifyBackup(directory)).toEqual(manifest);
    expect((await stat(join(directory, 'api-key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'harbor.db'))).mode & 0o777).toBe(0o600);
    // What shares its content in the state directory shares it here.
    const packs = ['cache/one.git', 'sessions/s1/git'].map((git) =>
      join(directory, git, 'objects/pack/pack-1.pack'),
    );
    expect(new Set(await Promise.all(packs.map(async (path) => (await stat(path)).ino))).size).toBe(1);
    expect(JSON.parse(await readFile(join(stateDir, 'last-backup.json'), 'utf8'))).toMatchObject({
      directory,
      epoch: store.epoch,
      position: newest,
    });
  });

  test('is made of a directory that no server holds', async () => {
    const { root, store, backUp, restore } = await open();
    const before = await store.events(everything);
    await store.close();
    expect(await backUp()).toMatchObject({ position: before.at(-1)?.position });
    await restore(join(root, 'elsewhere'));
    expect(await (await reopen(join(root, 'elsewhere'))).events(everything)).toEqual(before);
  });

  test('is of one moment, while the server goes on writing', async () => {
    const { store, directory, backUp } = await open();
    await store.commit(created(2));
    let isOver = false;
    let written = 0;
    const writing = (async () => {
      while (!isOver) {
        // Both or none: a copy of two moments would have one of them.
        await store.commit([appended(1, `pair ${written}`), appended(2, `pair ${written}`)]);
        written++;
      }
    })();
    while (written < 200) await store.commit([]);
    const before = written;
    await backUp();
    isOver = true;
    await writing;
    expect(written).toBeGreaterThan(before);
    const database = new Database(join(directory, 'harbor.db'), { readonly: true });
    const counts = database.prepare('SELECT last_seq FROM session_logs ORDER BY session').pluck().all();
    database.close();
    const [one = 0, two = 0] = counts.map(Number);
    expect(one - 2).toBe(two);
    expect(two).toBeGreaterThanOrEqual(before);
  });

  test('overwrites nothing, and leaves nothing when it fails', async () => {
    const { root, stateDir, directory, backUp } = await open();
    await mkdir(directory);
    await expect(backUp()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(directory),
    });
    await rm(directory, { recursive: true });
    const stopped = AbortSignal.abort();
    await expect(backUp(stopped)).rejects.toMatchObject({ kind: 'interrupted' });
    // A flipped bit in an event that was written: what is damaged is not taken for a backup.
    const database = new Database(join(stateDir, 'harbor.db'));
    database.exec(`UPDATE events SET json = replace(json, 'two', 'tvo')`);
    database.close();
    await expect(backUp()).rejects.toMatchObject({
      kind: 'damaged',
      message: expect.stringMatching(/harbor\.db is damaged: event 2 of session/),
    });
    expect(await readdir(root)).toEqual(['state']);
    expect(existsSync(join(stateDir, 'last-backup.json'))).toBe(false);
  });

  test('is refused when a bit of it was flipped, a file is missing or one was added', async () => {
    const { directory, backUp } = await open();
    const { files } = await backUp();
    for (const path of [...files.map((file) => file.path), 'manifest.json']) {
      const file = join(directory, path);
      const whole = await readFile(file);
      for (const at of [0, Math.floor(whole.length / 2), whole.length - 2]) {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        await writeFile(file, flipped);
        await expect(verifyBackup(directory), `${path} ${at}`).rejects.toMatchObject({
          message: expect.stringContaining(directory),
        });
      }
      await writeFile(file, whole.subarray(0, -3));
      await expect(verifyBackup(directory), path).rejects.toThrow(directory);
      // In place, since another file may share it.
      await writeFile(file, whole);
      await rm(file);
      await expect(verifyBackup(directory), path).rejects.toThrow(file);
      await writeFile(file, whole, { mode: 0o600 });
    }
    await verifyBackup(directory);
    await put(join(directory, 'cache/one.git/hooks/post-checkout'), '#!/bin/sh');
    await expect(verifyBackup(directory)).rejects.toThrow('is not part of the backup');
  });

  test('of a stranger cannot name a place outside', async () => {
    const { directory, backUp } = await open();
    const manifest = await backUp();
    for (const path of [
      '../x',
      '/etc/passwd',
      'cache/a.git/../../../x',
      'sessions/../git/x',
      'config.json',
      'cache\\x',
    ]) {
      const files = manifest.files.map((file) => (file.path === 'api-key' ? { ...file, path } : file));
      await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, files }));
      await expect(verifyBackup(directory), path).rejects.toThrow('is no place of a backup');
    }
    await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, format: 2 }));
    await expect(verifyBackup(directory)).rejects.toThrow('of format 2');
    await expect(verifyBackup(dirname(directory))).rejects.toThrow('is no backup');
  });
});

describe('a restore', () => {
  test('brings everything back, under another epoch', async () => {
    const { root, store, backUp, restore } = await open();
    await backUp();
    const before = await store.events(everything);
    await store.commit([appended(1, 'after the backup')]);
    const elsewhere = join(root, 'elsewhere');
    const restored = await restore(elsewhere);
    expect(restored).toMatchObject({ aside: null, key: 'restored', unknownSessions: ['s1'] });
    expect(restored.epoch).not.toBe(store.epoch);
    expect(parseEventId(`${restored.epoch}-1`).epoch).toBe(restored.epoch);
    const again = await reopen(elsewhere);
    expect(again.epoch).toBe(restored.epoch);
    expect(await again.events(everything)).toEqual(before);
    expect((await stat(join(elsewhere, 'api-key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(elsewhere, 'sessions/s1/git/objects/pack/pack-1.pack'), 'utf8')).toBe('PACK');
    expect(existsSync(join(elsewhere, 'harbor.db.restoring'))).toBe(false);
  });

  test('is refused while a server holds the directory, and where there is something', async () => {
    const { stateDir, store, backUp, restore } = await open();
    await backUp();
    await store.announce('http://127.0.0.1:1234');
    for (const replace of [false, true]) {
      await expect(restore(stateDir, replace)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(/held by process \d+ \(http:\/\/127\.0\.0\.1:1234\)/),
      });
    }
    expect(await store.session(wholeHost, sampleId(1))).toBeDefined();
    await store.close();
    await expect(restore(stateDir)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('--replace'),
    });
  });

  test('moves the database of before aside when it is told to, and leaves sessions and key', async () => {
    const { stateDir, store, backUp, restore } = await open();
    await backUp();
    await store.commit([...created(2), appended(1, 'lost by the restore')]);
    await store.close();
    await put(join(stateDir, 'api-key'), 'ah_newer\n');
    const restored = await restore(stateDir, true);
    const { aside } = restored;
    if (aside === null) throw new Error('nothing was moved aside');
    expect(restored.key).toBe('kept');
    expect((await readdir(aside)).sort()).toEqual(['harbor.db', 'last-backup.json']);
    expect(await readFile(join(stateDir, 'sessions/s1/journal.jsonl'), 'utf8')).toBe('not part of it');
    const again = await reopen(stateDir);
    expect((await again.session(wholeHost, sampleId(1)))?.lastSeq).toBe(2);
    expect(await again.session(wholeHost, sampleId(2))).toBeUndefined();
  });

  test('of a damaged backup changes nothing', async () => {
    const { root, directory, stateDir, store, backUp, restore } = await open();
    await backUp();
    await store.close();
    await writeFile(join(directory, 'cache/one.git/packed-refs'), 'other');
    const before = await readdir(stateDir);
    await expect(restore(stateDir, true)).rejects.toThrow('packed-refs is damaged');
    await expect(restore(join(root, 'elsewhere'))).rejects.toThrow('packed-refs is damaged');
    expect(await readdir(stateDir)).toEqual(before);
    expect(existsSync(join(root, 'elsewhere'))).toBe(false);
  });
});
