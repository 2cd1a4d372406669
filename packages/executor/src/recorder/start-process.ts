import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { tailOf } from '../journal/cut.ts';
import { isReady } from './channel.ts';
import type { SessionDirectory } from './session-directory.ts';
import { answerOf, letGo, type RecorderProgram, spawnRecorder } from './starting.ts';

export interface RecorderProcess extends RecorderProgram {
  readonly directory: SessionDirectory;
  readonly clock: Clock;
}

/** How long a recorder may take to be ready, on a host that is busy. */
const readyMs = 30_000;

/** Starts a recorder that outlives this process; resolves when it takes commands. */
export const startRecorderProcess = async (recorder: RecorderProcess): Promise<void> => {
  const { directory, clock } = recorder;
  const log = openSync(directory.log, 'a', 0o600);
  try {
    const child = spawnRecorder(recorder, directory.root, directory.root, log);
    const answer = await answerOf(child, isReady, clock, readyMs);
    if ('failure' in answer) child.kill('SIGKILL');
    letGo(child);
    if ('failure' in answer) throw cannotStart(answer.failure, directory);
  } finally {
    closeSync(log);
  }
};

const cannotStart = (failure: string, directory: SessionDirectory): Problem => {
  const words = tailOf(readFileSync(directory.log, 'utf8'), 2048).trim();
  return new Problem('internal', {
    detail: `The recorder could not be started: ${failure}${words === '' ? '' : ` ${words}`}`,
  });
};
