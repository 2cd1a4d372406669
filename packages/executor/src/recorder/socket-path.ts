import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@agent-harbor/core/problem';

/** The kernel's limit for a socket's path, the closing NUL not counted (unix(7)); macOS has the smaller one. */
const pathLimit = 103;

/** A short name that belongs to one state directory. */
export const stateDirName = (stateDir: string): string => `ah-${hash(stateDir).slice(0, 12)}`;

/**
 * Where the recorder of a session listens: a state directory may lie too deep for a socket, so it is a short name in
 * a directory that only this user can enter.
 */
export const socketPath = (stateDir: string, sessionId: string): string => {
  const name = hash(`${stateDir}\0${sessionId}`).slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\${stateDirName(stateDir)}-${name}`;
  const directory = socketDirectories(stateDir).find(
    (path) => Buffer.byteLength(join(path, `${name}.sock`)) <= pathLimit,
  );
  if (directory === undefined) {
    throw new Problem('internal', {
      detail: `The temporary directory ${tmpdir()} has too long a name for sockets. Set TMPDIR to a shorter one.`,
    });
  }
  makePrivate(directory);
  return join(directory, `${name}.sock`);
};

/** Removes the directory for sockets when no recorder uses it any more. */
export const dropSocketDirectory = (stateDir: string): void => {
  if (process.platform === 'win32') return;
  for (const directory of socketDirectories(stateDir)) {
    try {
      rmdirSync(directory);
    } catch {
      // Not there, or recorders go on.
    }
  }
};

const ownUser = (): number => process.getuid?.() ?? 0;

const socketDirectories = (stateDir: string): string[] =>
  [tmpdir(), '/tmp'].map((base) => join(base, `${stateDirName(stateDir)}-${ownUser()}`));

/** Others can create names in a shared temporary directory, so what is found there is looked at. */
const makePrivate = (directory: string): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = lstatSync(directory);
  if (found.isDirectory() && found.uid === ownUser() && (found.mode & 0o077) === 0) return;
  throw new Problem('internal', {
    detail: `${directory} is not a directory that only this user can enter. Remove it, or set TMPDIR to another place.`,
  });
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
