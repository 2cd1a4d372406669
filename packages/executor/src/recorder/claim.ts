import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, type ProcessIdentity } from '../process/identity.ts';
import { isRecord, isText } from '../process/shape.ts';
import { type SessionDirectory, syncDirectory } from './session-directory.ts';

/**
 * Takes the session for this process, once and for good: false when another one took it, dead or alive. A server that
 * crashed at the wrong moment may start a second recorder; it finds out here.
 */
export const claimSession = (directory: SessionDirectory): boolean => {
  const draft = `${directory.recorder}.${process.pid}.draft`;
  writeFileSync(draft, JSON.stringify(identityOf(process.pid)), { mode: 0o600, flush: true });
  try {
    // A link is made whole or not at all, and only if the name is free.
    linkSync(draft, directory.recorder);
  } catch (error) {
    if (isRecord(error) && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(directory.root);
  return true;
};

/** A process written down before; undefined when none was. */
export const readIdentity = (path: string): ProcessIdentity | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isRecord(value) || typeof value.pid !== 'number' || !isText(value.started)) return undefined;
    return { pid: value.pid, started: value.started };
  } catch {
    return undefined;
  }
};
