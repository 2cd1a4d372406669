import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { isDiskFailure } from './failure.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-connection-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (failure) {
    return isDiskFailure(failure) ? 'disk failure' : failure;
  }
};

test('a file that could not be opened again is tried by whoever asks next', () => {
  const path = join(folder, 'a.db');
  const connection = new Connection(path);
  connection.execute("CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('there')");
  const read = () => connection.get('SELECT word FROM words');
  expect(read()).toEqual({ word: 'there' });
  connection.close();

  // Where its file was, there is something that cannot be opened.
  renameSync(path, `${path}-away`);
  mkdirSync(path);
  expect(codeOf(() => connection.reopen())).toBe('disk failure');
  expect(codeOf(read)).toBe('disk failure');
  rmdirSync(path);
  renameSync(`${path}-away`, path);
  expect(read()).toEqual({ word: 'there' });
  expect(connection.isOpen).toBe(true);

  // Who closed it wants it closed.
  connection.close();
  expect(read).toThrow(/not open/);
});
