import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentExit } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';

/** The files of one session under the state directory. */
export interface SessionDirectory {
  readonly root: string;
  /** What is to be run; there from before the recorder's start. */
  readonly run: string;
  /** Which process records; there from the moment one took the session, for good. */
  readonly recorder: string;
  /** The agent's first process, once it was started. */
  readonly agent: string;
  /** There when somebody asked for an immediate end; what it says is why, where nobody wished for it. */
  readonly killed: string;
  readonly journal: string;
  /** What its terminal was shown lately. */
  readonly terminal: string;
  /** What stays of the journal once it was dropped. */
  readonly forgotten: string;
  /** What the recorder itself prints: failures of ours, for people. */
  readonly log: string;
  /** The agent's home directory. */
  readonly home: string;
  /** The agent's temporary directory. */
  readonly temporary: string;
}

export const sessionDirectory = (stateDir: string, sessionId: string): SessionDirectory => {
  // Ids are made by us, but they come back over the wire: one that could name another directory stops here.
  if (!/^[A-Za-z0-9][\w-]{0,127}$/.test(sessionId)) {
    throw new Problem('session-not-found', { detail: `There is no session ${JSON.stringify(sessionId)}.` });
  }
  return sessionDirectoryAt(join(stateDir, 'sessions', sessionId));
};

export const sessionDirectoryAt = (root: string): SessionDirectory => ({
  root,
  run: join(root, 'run.json'),
  recorder: join(root, 'recorder.json'),
  agent: join(root, 'agent.json'),
  killed: join(root, 'killed'),
  journal: join(root, 'journal.jsonl'),
  terminal: join(root, 'terminal'),
  forgotten: join(root, 'forgotten.json'),
  log: join(root, 'recorder.log'),
  home: join(root, 'home'),
  temporary: join(root, 'tmp'),
});

/** How the agent of a session ended that was killed from outside; undefined where nobody asked for that. */
export const exitOfKill = ({ killed }: SessionDirectory): AgentExit | undefined => {
  try {
    const reason = readFileSync(killed, 'utf8');
    return reason === '' ? { kind: 'ended-by-us' } : { kind: 'lost', reason };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Writes a small file so that it is there whole or not at all, also after a power cut. Readable by its owner only. */
export const writeDurably = (path: string, content: string): void => {
  const draft = `${path}.${process.pid}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
};

/** Makes the names in a directory durable. Windows cannot, and need not. */
export const syncDirectory = (path: string): void => {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};
