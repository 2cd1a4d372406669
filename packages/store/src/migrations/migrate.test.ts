import { createHash } from 'node:crypto';
import { repositoryOf, timestamp, wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Connection } from '../connection.ts';
import { created, sampleId } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';
import { allMigrations } from './all.ts';
import { migrate } from './migrate.ts';

const one = { version: 1, name: 'one', sql: 'CREATE TABLE a (x INTEGER) STRICT;' };
const two = { version: 2, name: 'two', sql: 'CREATE TABLE b (x INTEGER) STRICT;' };
const broken = { version: 2, name: 'two', sql: 'CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE oops (' };

const tablesAfter = (path: string, ...runs: readonly (readonly (typeof one)[])[]): unknown => {
  const connection = new Connection(path);
  try {
    for (const migrations of runs) migrate(connection, migrations);
    return connection
      .all<{ name: string }>('SELECT name FROM sqlite_schema ORDER BY name')
      .map(({ name }) => name);
  } finally {
    connection.close();
  }
};

test('steps are applied once, in order, and later ones are added', async () => {
  const path = await temporaryPath();
  expect(tablesAfter(path, [one], [one])).toEqual(['a', 'migrations']);
  expect(tablesAfter(path, [one, two], [one, two])).toEqual(['a', 'b', 'migrations']);
});

test('a step that fails leaves nothing behind', async () => {
  const path = await temporaryPath();
  expect(() => tablesAfter(path, [one, broken])).toThrow('incomplete input');
  expect(tablesAfter(path, [one])).toEqual(['a', 'migrations']);
  expect(tablesAfter(path, [one, two])).toEqual(['a', 'b', 'migrations']);
});

test('a step that is not the one that was applied is refused', async () => {
  const path = await temporaryPath();
  tablesAfter(path, [one]);
  expect(() => tablesAfter(path, [{ ...one, sql: `${one.sql} ` }, two])).toThrow(
    /another migration 1 \(one\)/,
  );
  expect(tablesAfter(path, [one])).toEqual(['a', 'migrations']);
});

test('a database of a newer release is refused', async () => {
  const path = await temporaryPath();
  tablesAfter(path, [one, two]);
  expect(() => tablesAfter(path, [one])).toThrow(/newer release: it has migration 2 \(two\)/);
});

test('opening a store checks them', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  await (await openTemporary(path)).close();
  const other = new Database(path);
  other.exec("UPDATE migrations SET checksum = 'x' WHERE version = 1");
  other.close();
  await expect(openTemporary(path)).rejects.toMatchObject({
    code: 'not-ready',
    detail: expect.stringContaining('another migration 1 (initial)'),
  });
});

test('projects, their repositories and workspaces are found in what was written before', async () => {
  const path = await temporaryPath();
  const url = 'https://git.example/a.git';
  const write = async () => {
    const store = await openTemporary(path);
    const ready = { id: 'ws-2', mountPath: '/w', executorId: 'e', state: 'ready' } as const;
    for (const [number, members] of Object.entries({
      1: { projectId: 'p', createdAt: timestamp(1_000) },
      2: {
        projectId: 'p',
        createdAt: timestamp(3_000),
        repo: { mode: 'git' as const, url },
        workspace: ready,
      },
      3: { projectId: 'p', tenantId: 't', createdAt: timestamp(2_000), repo: { mode: 'git' as const, url } },
    })) {
      await store.commit([...created(Number(number), members)]);
    }
    for (const tenantId of [undefined, 't']) {
      await store.commit([
        { kind: 'repository-used', repository: repositoryOf(url, tenantId, 'main', 5), tenantId },
      ]);
    }
    await store.close();
  };
  await write();
  const old = new Database(path);
  old.exec(`
    DROP TABLE projects; DROP TABLE repository_projects; DROP INDEX sessions_workspace_created;
    ALTER TABLE sessions DROP COLUMN workspace; DELETE FROM migrations WHERE version = 7;
  `);
  old.close();

  const store = await openTemporary(path);
  const page = { perPage: 9 };
  expect((await store.projects(wholeHost, page)).items).toEqual([
    { id: 'p', createdAt: timestamp(1_000), lastUsedAt: timestamp(3_000) },
    { id: 'p', tenantId: 't', createdAt: timestamp(2_000), lastUsedAt: timestamp(2_000) },
  ]);
  const used = async (tenantId: string | null) =>
    (await store.repositories({ tenantId }, { projectId: 'p' }, page)).items.map(({ id }) => id).sort();
  const [nobodys, tenants] = [undefined, 't'].map((tenantId) => repositoryOf(url, tenantId, null, 0).id);
  expect(await used(null)).toEqual([nobodys, tenants].sort());
  expect(await used('t')).toEqual([tenants]);
  const found = await store.sessions(wholeHost, { workspace: ['ready'] }, '-createdAt', page);
  expect(found.items.map(({ record }) => record.id)).toEqual([sampleId(2)]);
});

test('released steps never change', () => {
  const checksums = allMigrations.map(({ version, sql }) => [
    version,
    createHash('sha256').update(sql).digest('hex'),
  ]);
  expect(checksums).toMatchInlineSnapshot(`
    [
      [
        1,
        "1f7b63254cc81576ecd1f29de68cb2ce5c68dc043426a975eaf88564a4f0b8f5",
      ],
      [
        2,
        "a719cedc4ad84a40e5e8bbe76a63c02752fe20a4b40bcc02b4e7e93fcc5ace8e",
      ],
      [
        3,
        "d05088210b080d569b004c1ac2c6f2d011926ac6b91d57a2f2ec982a97a295be",
      ],
      [
        4,
        "d27239f06df1db8f41137f2dcfed0504dc834b85b27dfca9d8a472631327cbd5",
      ],
      [
        5,
        "f5ed8943d30f61a3096fac479b3519be67296f52f68aeffe952c40460547cc90",
      ],
      [
        6,
        "f619d2c262b6df874f3d0f61f34c6f67aec22fcfc08624c3073059d7fe39e4ab",
      ],
      [
        7,
        "c0c666843165c31b4743ad87beea4c5c83cf01c4cd9a7d6ae85a8dc052737a13",
      ],
      [
        8,
        "46fe5202478ce7fbec9de66c6fb2d16680e34e719cc55f86a3d307f265491970",
      ],
    ]
  `);
});
