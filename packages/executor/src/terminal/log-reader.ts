import { type FileHandle, open } from 'node:fs/promises';
import { TerminalFrame } from '@agent-harbor/api-contract/schemas';
import type { TerminalBatch } from '@agent-harbor/core';
import { z } from 'zod';
import { decodeLine } from '../journal/record.ts';
import { type LogFile, logFiles } from './log-files.ts';

/** Reads a terminal's log while it is written and after. */
export interface TerminalLogReader {
  /** The next frames that are there, at most some 256 KiB of them; undefined when none is. */
  next(): Promise<TerminalBatch | undefined>;
  close(): Promise<void>;
}

const pieceBytes = 256 * 1024;
const Line = z.object({ seq: z.number().int().min(1), frame: TerminalFrame });

/**
 * From behind the number `after` on. Where what follows it is gone, or where it never was, from the oldest frame there is.
 */
export const readTerminalLog = async (directory: string, after: number): Promise<TerminalLogReader> => {
  const reader = new Reader(directory, after);
  if (after > 0 && after > (await newestIn(directory))) reader.number = 0;
  return reader;
};

class Reader implements TerminalLogReader {
  /** The last frame that was given. */
  number: number;
  private readonly directory: string;
  private place: (LogFile & { readonly handle: FileHandle; offset: number }) | undefined;

  constructor(directory: string, after: number) {
    this.directory = directory;
    this.number = after;
  }

  async next(): Promise<TerminalBatch | undefined> {
    for (;;) {
      this.place ??= await this.find();
      if (this.place === undefined) return undefined;
      const { first } = this.place;
      // Looked for before reading: what the file has when there is a next one is all it will ever have.
      const following = logFiles(this.directory).find((file) => file.first > first);
      const batch = await this.readOn(this.place);
      if (batch !== undefined) return batch;
      if (following === undefined) return undefined;
      await this.close();
      this.number = Math.max(this.number, following.first - 1);
    }
  }

  async close(): Promise<void> {
    const { place } = this;
    this.place = undefined;
    await place?.handle.close();
  }

  /** The file with the next frame, or the oldest one. */
  private async find() {
    const files = logFiles(this.directory);
    const file = files.findLast(({ first }) => first <= this.number + 1) ?? files[0];
    if (file === undefined) return undefined;
    try {
      return { ...file, handle: await open(file.path, 'r'), offset: 0 };
    } catch {
      // It went in between, and there is another one.
      return undefined;
    }
  }

  private async readOn(place: { readonly handle: FileHandle; offset: number }) {
    for (;;) {
      const bytes = Buffer.allocUnsafe(pieceBytes);
      const { bytesRead } = await place.handle.read(bytes, 0, pieceBytes, place.offset);
      const end = bytes.lastIndexOf(0x0a, bytesRead - 1);
      if (bytesRead === 0 || end === -1) return undefined;
      place.offset += end + 1;
      const batch = this.take(bytes.subarray(0, end + 1));
      if (batch !== undefined) return batch;
    }
  }

  /** The frames in whole lines, those that came before left out; lines behind a gap are left for the next time. */
  private take(bytes: Buffer): TerminalBatch | undefined {
    const frames: TerminalFrame[] = [];
    let first = 0;
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(0x0a, start);
      const line = Line.safeParse(decodeLine(bytes.subarray(start, end))).data;
      start = end + 1;
      if (line === undefined || line.seq <= this.number) continue;
      if (frames.length === 0) first = line.seq;
      // One that is damaged is a gap, which ends a batch: it is told where the next one begins.
      else if (line.seq !== this.number + 1) {
        if (this.place !== undefined) this.place.offset -= bytes.length - lineStart(bytes, end);
        break;
      }
      frames.push(line.frame);
      this.number = line.seq;
    }
    return frames.length === 0 ? undefined : { first, frames };
  }
}

const lineStart = (bytes: Buffer, end: number): number => bytes.lastIndexOf(0x0a, end - 1) + 1;

/** The number of the last frame there is; 0 without any. */
const newestIn = async (directory: string): Promise<number> => {
  const last = logFiles(directory).at(-1);
  if (last === undefined) return 0;
  const reader = new Reader(directory, last.first - 1);
  try {
    while ((await reader.next()) !== undefined);
    return reader.number;
  } finally {
    await reader.close();
  }
};
