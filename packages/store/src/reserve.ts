import { randomFillSync } from 'node:crypto';
import { statfsSync, statSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '@agent-harbor/core';

/** So much is kept back unless it is said otherwise. */
export const usualReserveBytes = 8 * 1024 * 1024;
/** A small disk keeps this part of itself back. */
const partOfDisk = 16;
/** Given up piece by piece, so that whoever else writes to the disk cannot take all of it at once. */
const pieceBytes = 64 * 1024;
/** Besides the reserve so much must be free before the disk counts as not full any more. */
const spareBytes = 1024 * 1024;

/** Where the space is that is kept back for when the disk is full. */
export const reservePath = (databasePath: string): string => `${databasePath}.reserve`;

export interface ReserveSetting {
  readonly databasePath: string;
  readonly bytes: number;
  readonly log: Log;
}

/**
 * A file that holds space for when the disk is full: then even a delete needs room, for the write-ahead log. What must
 * be written gets it piece by piece; when there is room again it is filled up.
 */
export class Reserve {
  /** The disk was full, and is not known to have room again: only what must be written is. */
  isShort = false;
  private filling: Promise<void> | undefined;
  private readonly path: string;
  private readonly wanted: number;
  private readonly log: Log;

  constructor({ databasePath, bytes, log }: ReserveSetting) {
    this.path = reservePath(databasePath);
    this.log = log;
    const { blocks, bsize } = statfsSync(dirname(this.path));
    const part = Math.floor((blocks * bsize) / partOfDisk);
    this.wanted = Math.floor(Math.min(bytes, part) / pieceBytes) * pieceBytes;
    this.fillUp();
  }

  /** How much is kept back now, bytes. */
  get held(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Says that the disk is full. */
  runShort(): void {
    if (!this.isShort) this.log.warn('The disk is full', { path: this.path, reserve: this.held });
    this.isShort = true;
  }

  /** Looks whether there is room again; then the reserve is filled up and nothing is short any more. */
  hasRoom(): boolean {
    if (!this.isShort) return true;
    const missing = this.wanted - this.held;
    if (this.free() < missing + Math.min(spareBytes, this.wanted)) return false;
    this.isShort = false;
    this.log.warn('The disk has room again', { path: this.path });
    this.fillUp();
    return true;
  }

  /** Gives a piece back to the disk; false when nothing is left. */
  giveUp(): boolean {
    const { held } = this;
    if (held === 0) return false;
    try {
      truncateSync(this.path, Math.max(0, held - pieceBytes));
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves when nothing is written to the file any more. */
  async settled(): Promise<void> {
    await this.filling;
  }

  private free(): number {
    const { bavail, bsize } = statfsSync(dirname(this.path));
    return bavail * bsize;
  }

  private fillUp(): void {
    this.filling ??= this.fill()
      .catch((error: unknown) => this.log.warn('No space could be kept back', { path: this.path, error }))
      .finally(() => {
        this.filling = undefined;
      });
  }

  /** In small pieces and off the event loop. It need not outlast a power cut: the next start fills it up. */
  private async fill(): Promise<void> {
    const file = await open(this.path, 'a', 0o600);
    try {
      // What some file systems would not compress away.
      const piece = randomFillSync(Buffer.alloc(pieceBytes));
      while (!this.isShort && this.held < this.wanted) {
        // Never the last of the disk: what is being written now needs it more.
        if (this.free() < 2 * pieceBytes) throw new Error('the disk is full');
        await file.appendFile(piece);
      }
    } finally {
      await file.close();
    }
  }
}
