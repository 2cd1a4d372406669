import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadProtocols } from '../agents/protocol/protocol.ts';
import { tellStarter, waitForSession } from './channel.ts';
import { complain } from './complain.ts';
import { startRecorder } from './recorder.ts';
import { sessionDirectoryAt } from './session-directory.ts';
import { waitFlag } from './starting.ts';
import { systemClock } from './system-clock.ts';
import { watchChanges } from './watch-changes.ts';

/**
 * The recorder's program: runs and records the session whose directory is the last argument, or the one it is told over
 * its channel, and resolves when it has ended. It outlives whoever started it and takes its commands from a local socket;
 * while it waits for a session it ends with whoever started it.
 */
export const runRecorder = async (argv: readonly string[]): Promise<void> => {
  const last = argv.at(-1);
  if (last === undefined) throw new Error(`Usage: recorder <session directory> | ${waitFlag}`);
  if (last !== waitFlag) return recordSession(last);
  await loadProtocols();
  const root = await waitForSession();
  if (root === undefined) return;
  process.chdir(root);
  return recordSession(root);
};

const recordSession = async (root: string): Promise<void> => {
  const recorder = startRecorder({
    directory: sessionDirectoryAt(resolve(root)),
    clock: systemClock,
    watch: watchChanges,
    onReady: letStarterGo,
  });
  if (recorder === undefined) return letStarterGo();
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () =>
      recorder.terminate(`The host ended the recorder (${signal}). Launch the task again.`),
    );
  }
  // What others print may not be printable: the log lies on a disk that may be full.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('uncaughtException', (error) => {
    complain('The recorder failed', error);
    void recorder.abandon().finally(() => process.exit(1));
  });
  try {
    await recorder.done;
  } catch (error) {
    await recorder.abandon();
    throw error;
  }
};

/** Tells the process that started this one that it is ready; a person at a terminal is not told. */
const letStarterGo = (): void => {
  tellStarter({ ready: true }, () => {
    if (process.connected) process.disconnect();
  });
};

/** Whether this file itself was started. In a bundle it is part of another file, which decides what to run. */
const isProgram = (): boolean => {
  const [, started] = process.argv;
  const file = import.meta.filename;
  return (
    /[\\/]recorder[\\/]main\.[jt]s$/.test(file) && started !== undefined && realpathSync(started) === file
  );
};

if (isProgram()) {
  await runRecorder(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: unknown) => {
      complain('The recorder failed', error);
      process.exit(1);
    },
  );
}
