import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import type { TerminalFrame } from '@agent-harbor/api-contract/schemas';
import { checkedLine } from '../journal/record.ts';
import { fileOf, logFiles } from './log-files.ts';

/** What a terminal was shown, as far as it is kept. */
export interface TerminalLog {
  append(frame: TerminalFrame): void;
  /** The number of the last frame; 0 before the first. */
  readonly newest: number;
  close(): void;
}

export interface TerminalLogOptions {
  readonly directory: string;
  /** What is kept at least once there was so much, bytes of files; up to a quarter more lies on the disk. */
  readonly limitBytes: number;
  readonly onAppended: (newest: number) => void;
  /** Called when the disk refused a frame, which is then lost to readers. */
  readonly onTrouble: (error: unknown) => void;
}

/** The files of a log: the oldest one goes when a new one is begun. */
const filesKept = 4;

/**
 * A ring on the disk: numbered frames in a few files, of which the oldest goes first. It is a picture for people and no
 * record, so it is not brought to the disk frame by frame; what a terminal says is in the journal, as text.
 */
export const createTerminalLog = (options: TerminalLogOptions): TerminalLog => {
  const { directory, limitBytes, onAppended, onTrouble } = options;
  const fileBytes = Math.ceil(limitBytes / filesKept);
  let newest = 0;
  let file: number | undefined;
  let size = 0;

  const leave = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const begin = (first: number): number => {
    leave();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const opened = openSync(fileOf(directory, first).path, 'a', 0o600);
    file = opened;
    size = 0;
    for (const { path } of logFiles(directory).slice(0, -(filesKept + 1))) rmSync(path, { force: true });
    return opened;
  };
  return {
    append(frame) {
      newest += 1;
      try {
        const opened = file === undefined || size >= fileBytes ? begin(newest) : file;
        const bytes = Buffer.from(checkedLine({ seq: newest, frame }));
        for (let done = 0; done < bytes.length; ) done += writeSync(opened, bytes, done);
        size += bytes.length;
      } catch (error) {
        // Behind a torn line nothing would be found: the next frame begins a file of its own.
        leave();
        onTrouble(error);
      }
      onAppended(newest);
    },
    get newest() {
      return newest;
    },
    close: leave,
  };
};
