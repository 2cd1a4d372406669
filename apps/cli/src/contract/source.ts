import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Io } from '../io.ts';
import { describeCause } from './cause.ts';
import { fetchDocument } from './fetch-document.ts';
import { blobAt, commitOf, fileAt, mergeBaseWith } from './git.ts';
import { parseDocument } from './parse-document.ts';
import { unreadable } from './unreadable.ts';

/** A document and what people call it. */
export interface Source {
  readonly label: string;
  readonly value: unknown;
}

/** Reads a file, `-`, `git:<ref>:<path>` or an http(s) url. */
export const readSource = async (operand: string, io: Io): Promise<Source> => {
  if (operand === '-') {
    return { label: 'standard input', value: await parseDocument(await io.readStdin(), 'standard input') };
  }
  if (/^https?:\/\//i.test(operand)) return fetchDocument(operand, io.interrupted);
  const [, ref, path] = /^git:([^:]+):(.+)$/s.exec(operand) ?? [];
  if (ref !== undefined && path !== undefined) return readFromGit(ref, path, io.cwd);
  const text = await readFile(resolve(io.cwd, operand), 'utf8').catch((cause: unknown) => {
    throw unreadable(
      describeCause(cause),
      'Name a file, - for standard input, git:<ref>:<path>, or the url of a server.',
      cause,
    );
  });
  return { label: operand, value: await parseDocument(text, operand) };
};

const readFromGit = async (ref: string, path: string, folder: string): Promise<Source> => {
  const commit = await commitOf(folder, ref);
  const text = await blobAt(folder, commit, path);
  const label = `${path} at ${ref}`;
  if (text === undefined) {
    throw unreadable(
      `There is no ${label}.`,
      'Say the path from the root of the repository, or begin it with ./',
    );
  }
  return { label, value: await parseDocument(text, label) };
};

/** A file where this branch left another, and the commit that was. */
export const readBase = async (
  file: string,
  ref: string,
  io: Io,
): Promise<Source & { readonly commit: string }> => {
  const path = resolve(io.cwd, file);
  const commit = await mergeBaseWith(resolve(path, '..'), ref);
  const text = await fileAt(path, commit);
  const label = `${file} at ${commit.slice(0, 10)}`;
  // The first of its kind: all of it is new, and nobody has anything to lose.
  if (text === undefined) return { label: `no ${label}`, value: nothing, commit };
  return { label, value: await parseDocument(text, label), commit };
};

const nothing = { openapi: '3.1.0', info: { title: '', version: '0.0.0' }, paths: {} };
