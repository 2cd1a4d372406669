import type { ChildProcess } from 'node:child_process';
import { isRecord, isText } from '../process/shape.ts';
import { controlVersion } from './control-message.ts';
import { runVersion } from './run-file.ts';

/**
 * What a recorder and the server that started it say to each other until it is let go. It is one release on both sides,
 * unless the program was replaced under a running server: a recorder that waits says which versions it speaks.
 */
export type FromRecorder =
  /** It waits for a session. */
  | { readonly waiting: { readonly run: number; readonly control: number } }
  /** It heard which session it records. */
  | { readonly heard: true }
  /** It takes commands, or another recorder has the session. */
  | { readonly ready: true };

export interface FromServer {
  readonly record: string;
}

export const isWaiting = (message: unknown): boolean => isRecord(message) && isRecord(message.waiting);
export const isHeard = (message: unknown): boolean => isRecord(message) && message.heard === true;
export const isReady = (message: unknown): boolean => isRecord(message) && message.ready === true;

/** Whether a recorder that waits reads what this release writes. */
export const isOfThisRelease = (message: unknown): boolean =>
  isRecord(message) &&
  isRecord(message.waiting) &&
  message.waiting.run === runVersion &&
  message.waiting.control === controlVersion;

/** Tells the process that started this one; nobody is told where none did, or it is gone. */
export const tellStarter = (message: FromRecorder, told: () => void = () => {}): void => {
  process.send?.(message, told);
};

export const sendTo = (child: ChildProcess, message: FromServer): void => {
  // Whoever is gone does not answer, and that is met there.
  if (child.connected) child.send(message, () => {});
};

/** The directory of the session this process is to record; undefined when whoever started it went away before. */
export const waitForSession = (): Promise<string | undefined> =>
  new Promise((resolve) => {
    const leave = () => resolve(undefined);
    process.once('disconnect', leave);
    process.on('message', function hear(message: unknown) {
      if (!isRecord(message) || !isText(message.record)) return;
      process.off('message', hear);
      process.off('disconnect', leave);
      resolve(message.record);
      tellStarter({ heard: true });
    });
    if (process.connected) tellStarter({ waiting: { run: runVersion, control: controlVersion } });
    else leave();
  });
