import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Log, steady } from '@agent-harbor/core';
import { asProblem } from './problems.ts';
import { removeTree } from './remove-tree.ts';
import type { Heads } from './source.ts';
import type { Start } from './start.ts';

/** What a workspace is made of. There is no way to the source in it, and so no credential. */
export interface Wish {
  /** Of the source. */
  readonly key: string;
  readonly heads: Heads;
  readonly start: Start;
  /** Whether the commit was named, and does not follow a branch. */
  readonly isPinned: boolean;
}

/** The two directories of a workspace. */
export interface Places {
  readonly git: string;
  readonly tree: string;
}

/**
 * Workspaces that were checked out before anybody needs them, for the sources used last, so that a session waits for two
 * renames instead of a checkout. One is given out only for a source that has exactly what it had when the workspace was
 * made; asking that is the caller's part, and also shows that he may read the source.
 */
export interface WorkspacePool {
  /** Moves a workspace to these places, where nothing is; false when none fits. It is never given to another one. */
  take(wish: Wish, places: Places): Promise<boolean>;
  /** Says that such a workspace was just needed, so that others wait for those who come next. */
  expect(wish: Wish): void;
  /** Work that somebody waits for: nothing is made meanwhile, and what is being made is given up. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Removes all that waits, for its room on the disk; false when there was nothing. */
  drop(): Promise<boolean>;
  /** Removes those of one source. */
  forgetSource(key: string): Promise<void>;
  /** How many wait now. */
  readonly waiting: number;
  /** Ends what is being made, and removes all. */
  close(): Promise<void>;
}

export interface WorkspacePoolOptions {
  /** How many wait for each source. */
  readonly size: number;
  /** In the state directory, and nobody else's: workspaces are moved out of it by their name. */
  readonly folder: string;
  /** Makes a workspace of what the server has of the source; false when that is not what is wished for any more. */
  readonly make: (places: Places, wish: Wish, signal: AbortSignal) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the disk of a directory has room for what is only made in advance. */
  readonly hasRoom?: (directory: string) => Promise<boolean>;
}

/** Workspaces of one source and start. */
interface Shelf {
  readonly wish: Wish;
  readonly print: string;
  readonly waiting: Places[];
  usedAt: number;
}

/** After the last one who waited: the start of his agent shares the processor with nobody. */
const quietMs = 500;
/** What nobody used for so long is dropped. */
const idleMs = 30 * 60_000;
const shelfLimit = 4;
const workspaceLimit = 16;

export const createWorkspacePool = (options: WorkspacePoolOptions): WorkspacePool =>
  new Pool({ ...options, clock: steady(options.clock) });

class Pool implements WorkspacePool {
  private readonly options: WorkspacePoolOptions;
  /** By name, the one used last at the end. */
  private readonly shelves = new Map<string, Shelf>();
  /** Directories nobody is given any more. */
  private litter: string[] = [];
  private made = 0;
  /** Nobody else's: a git that a killed server left running goes on to write where it was told. */
  private home: string | undefined;
  private running = 0;
  private isClosed = false;
  private making: AbortController | undefined;
  private cancelTimer: (() => void) | undefined;
  /** What is done with the directories, one thing after the other; never fails. */
  private work: Promise<void>;

  constructor(options: WorkspacePoolOptions) {
    this.options = options;
    // What a server that was killed left behind: nobody knows which of it is whole, or was given to somebody.
    this.work = removeTree(options.folder).catch((error: unknown) => this.warn(error));
  }

  get waiting(): number {
    return [...this.shelves.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  async take(wish: Wish, places: Places): Promise<boolean> {
    const shelf = this.shelves.get(nameOf(wish));
    if (shelf?.print !== printOf(wish)) return false;
    for (let one = shelf.waiting.shift(); one !== undefined; one = shelf.waiting.shift()) {
      try {
        await rename(one.git, places.git);
        await rename(one.tree, places.tree);
        return true;
      } catch (error) {
        this.warn(error);
        this.litter.push(one.git, one.tree);
        await Promise.all([removeTree(places.git), removeTree(places.tree)]);
      }
    }
    return false;
  }

  expect(wish: Wish): void {
    if (this.options.size === 0 || this.isClosed || wish.start.commit === null) return;
    const name = nameOf(wish);
    const print = printOf(wish);
    const known = this.shelves.get(name);
    const shelf = known?.print === print ? known : { wish, print, waiting: [], usedAt: 0 };
    if (shelf !== known) this.forget(name);
    shelf.usedAt = this.options.clock.now();
    this.shelves.delete(name);
    this.shelves.set(name, shelf);
    const [oldest = ''] = this.shelves.keys();
    if (this.shelves.size > shelfLimit) this.forget(oldest);
    this.tendIn(quietMs);
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.running += 1;
    this.making?.abort();
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.tendIn(quietMs);
    }
  }

  async drop(): Promise<boolean> {
    const hadSome = this.waiting > 0 || this.litter.length > 0 || this.making !== undefined;
    this.making?.abort();
    this.forgetAll();
    await this.next(() => this.removeLitter());
    return hadSome;
  }

  async forgetSource(key: string): Promise<void> {
    // Perhaps it is of another source; it is made again when it is quiet.
    this.making?.abort();
    for (const [name, { wish }] of [...this.shelves]) if (wish.key === key) this.forget(name);
    await this.next(() => this.removeLitter());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cancelTimer?.();
    this.making?.abort();
    this.forgetAll();
    await this.next(() => removeTree(this.options.folder));
  }

  private next(work: () => Promise<void>): Promise<void> {
    this.work = this.work.then(work).catch((error: unknown) => this.warn(error));
    return this.work;
  }

  private tendIn(ms: number): void {
    if (this.isClosed || (this.shelves.size === 0 && this.litter.length === 0)) return;
    this.cancelTimer?.();
    this.cancelTimer = this.options.clock.schedule(ms, () => {
      this.cancelTimer = undefined;
      void this.next(() => this.tend());
    });
  }

  /** Removes what is not needed and makes one that is. Whoever is waited for goes first, and calls again at his end. */
  private async tend(): Promise<void> {
    const { clock, size } = this.options;
    const now = clock.now();
    for (const [name, { usedAt }] of [...this.shelves]) if (now - usedAt >= idleMs) this.forget(name);
    await this.removeLitter(() => this.isBusy());
    if (this.isBusy()) return;
    const wanted = [...this.shelves].findLast(([, { waiting }]) => waiting.length < size);
    const [oldest] = this.shelves.values();
    if (wanted === undefined || this.waiting >= workspaceLimit) {
      if (oldest !== undefined) this.tendIn(Math.min(idleMs, Math.max(0, oldest.usedAt + idleMs - now)));
      return;
    }
    await this.add(...wanted);
    // Unless somebody came meanwhile: then it is quiet later.
    if (this.cancelTimer === undefined) this.tendIn(0);
  }

  private async add(name: string, shelf: Shelf): Promise<void> {
    const { folder, make, log, hasRoom = hasSpareRoom } = this.options;
    const making = new AbortController();
    this.making = making;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (!(await hasRoom(folder))) return this.forgetAll();
      if (this.home === undefined || !existsSync(this.home)) this.home = await mkdtemp(join(folder, 'of-'));
      const place = join(this.home, String(++this.made));
      const places = { git: `${place}.git`, tree: `${place}.tree` };
      this.litter.push(places.git, places.tree);
      const isMade = await make(places, shelf.wish, making.signal);
      // Meanwhile the source may have moved, or the pool been dropped.
      if (isMade && this.shelves.get(name) === shelf) {
        this.litter = this.litter.filter((path) => path !== places.git && path !== places.tree);
        shelf.waiting.push(places);
        return;
      }
      this.forget(name, shelf);
    } catch (error) {
      if (!making.signal.aborted) {
        // Sessions are made without it, so this is nothing to fail for; the next one on this source tries again.
        log.warn('A workspace could not be made in advance', { reason: String(error) });
        this.forget(name, shelf);
        if (asProblem(error, '').code === 'storage-full') this.forgetAll();
      }
    } finally {
      this.making = undefined;
    }
  }

  private isBusy(): boolean {
    return this.running > 0 || this.isClosed;
  }

  private forget(name: string, shelf = this.shelves.get(name)): void {
    if (shelf === undefined || this.shelves.get(name) !== shelf) return;
    this.shelves.delete(name);
    this.litter.push(...shelf.waiting.splice(0).flatMap(({ git, tree }) => [git, tree]));
  }

  private forgetAll(): void {
    for (const name of [...this.shelves.keys()]) this.forget(name);
  }

  private async removeLitter(isEnough = () => false): Promise<void> {
    while (this.litter.length > 0 && !isEnough()) {
      const [path = ''] = this.litter;
      await removeTree(path).catch((error: unknown) => this.warn(error));
      this.litter = this.litter.filter((other) => other !== path);
    }
  }

  private warn(error: unknown): void {
    this.options.log.warn('The workspaces that wait for sessions are not in order', {
      reason: String(error),
    });
  }
}

const nameOf = ({ key, start, isPinned }: Wish): string =>
  [key, start.branch ?? '', isPinned ? start.commit : ''].join(' ');

/** Other branches and tags are in a workspace, too. */
const printOf = ({ heads: { head, branches, tags }, start }: Wish): string =>
  createHash('sha256')
    .update(JSON.stringify([start.commit, start.branch, head, [...branches], [...tags]]))
    .digest('hex');

const gibibyte = 1024 ** 3;

/** A tenth of the disk, where that is not more than anybody will miss. */
const hasSpareRoom = async (directory: string): Promise<boolean> => {
  const { bavail, blocks, bsize } = await statfs(directory);
  return bavail * bsize >= Math.min((blocks * bsize) / 10, 10 * gibibyte);
};
