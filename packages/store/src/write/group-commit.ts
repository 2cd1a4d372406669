import { setImmediate, setTimeout } from 'node:timers';
import { type Change, Problem, pruneStep, type StoredEvent } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { isBusy, isDiskFailure, problemOf, sqliteCode } from '../failure.ts';
import type { Reserve } from '../reserve.ts';
import type { Writer } from './writer.ts';

/** What one transaction held. */
export interface Group {
  /** Commits in it, those that failed by themselves included. */
  readonly commits: number;
  readonly events: number;
  /** How long it took, and how much of that its COMMIT, which waits for the disk; milliseconds. */
  readonly transactionMs: number;
  readonly commitMs: number;
}

/** A transaction takes in no further commit above this, so that it blocks the event loop for a few milliseconds only. */
const groupWeight = 500;
/** So many characters of JSON weigh as much as one row. */
const charactersPerRow = 2048;
/** Another program may hold the write lock (a backup, a shell); commits wait this long for it. */
const busyRetryMs = 10;
const busyDeadlineMs = 2000;

interface Waiting {
  readonly changes: readonly Change[];
  /** It is written also when the disk is full, as long as there is a reserve. */
  readonly isUrgent: boolean;
  readonly resolve: (events: readonly StoredEvent[]) => void;
  readonly reject: (problem: Problem) => void;
}

/** How a commit of a group ended, told only once the transaction is durable. */
type Outcome = { readonly waiting: Waiting } & (
  | { readonly events: readonly StoredEvent[] }
  | { readonly problem: Problem }
);

/**
 * Group commit: everything that is committed within one turn of the event loop shares one transaction and one fsync.
 * Each commit still succeeds or fails by itself.
 */
export class GroupCommit {
  /** What the disk said last when it failed; undefined once a transaction went through. */
  diskFailure: Problem | undefined;
  private queue: Waiting[] = [];
  private scheduled = false;
  /** Since when another program holds the write lock, by the clock that nobody sets. */
  private busySince: number | undefined;
  /** After a failure of the disk every commit gets its own transaction, until one goes through. */
  private careful = false;
  /** Starting over failed, so it has to be done before anything else. */
  private mustStartOver = false;
  private idle: (() => void)[] = [];
  /** The transaction that went through in this flush. */
  private done: Group | undefined;
  private readonly connection: Connection;
  private readonly writer: Writer;
  private readonly reserve: Reserve;
  private readonly observe: (group: Group) => void;

  constructor(connection: Connection, writer: Writer, reserve: Reserve, observe: (group: Group) => void) {
    this.connection = connection;
    this.writer = writer;
    this.reserve = reserve;
    this.observe = observe;
  }

  add(changes: readonly Change[], isUrgent: boolean): Promise<readonly StoredEvent[]> {
    return new Promise((resolve, reject) => {
      this.queue.push({ changes, isUrgent, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.queue.length === 0) resolve();
      else this.idle.push(resolve);
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    if (this.reserve.isShort && !this.reserve.hasRoom()) this.turnAway();
    const outcomes = this.queue.length === 0 ? [] : this.settle(this.queue);
    if (outcomes === undefined) return;
    this.queue = this.queue.slice(outcomes.length);
    for (const outcome of outcomes) {
      if ('events' in outcome) outcome.waiting.resolve(outcome.events);
      else outcome.waiting.reject(outcome.problem);
    }
    if (this.queue.length > 0) this.schedule();
    else for (const wake of this.idle.splice(0)) wake();
    if (this.done !== undefined) this.observe(this.done);
    this.done = undefined;
  }

  /** While the disk is full, what can wait is not even tried: it would take what is left from what cannot. */
  private turnAway(): void {
    const waiting = this.queue;
    this.queue = waiting.filter(({ isUrgent }) => isUrgent);
    if (this.queue.length === waiting.length) return;
    const problem = new Problem('storage-full', {
      detail: 'The disk is full: what is left of it is kept to end and to delete.',
    });
    for (const { isUrgent, reject } of waiting) if (!isUrgent) reject(problem);
  }

  /** How the first commits of the queue ended; undefined when they are tried again later. */
  private settle(queue: readonly Waiting[]): readonly Outcome[] | undefined {
    try {
      const outcomes = this.commitGroup(queue, this.careful ? 0 : groupWeight, false);
      this.busySince = undefined;
      this.careful = false;
      this.diskFailure = undefined;
      return outcomes;
    } catch (failure) {
      if (!(failure instanceof GroupFailure)) throw failure;
      return this.recover(queue, failure);
    }
  }

  /** One transaction over as many commits as it may hold. */
  private commitGroup(queue: readonly Waiting[], maxWeight: number, isolateAll: boolean): readonly Outcome[] {
    const { connection, writer } = this;
    const before = writer.numbers;
    const outcomes: Outcome[] = [];
    let tried = queue.length;
    let committing = false;
    const begun = performance.now();
    let applied = begun;
    try {
      if (this.mustStartOver || !connection.isOpen) this.startOver();
      connection.run('BEGIN IMMEDIATE');
      // A transaction that writes nothing would not tell whether the disk takes writes again.
      if (this.diskFailure !== undefined)
        connection.run("REPLACE INTO meta (name, value) VALUES ('probe', '')");
      tried = 0;
      for (let weight = 0; tried === 0 || (tried < queue.length && weight < maxWeight); ) {
        const waiting = queue[tried++];
        if (waiting === undefined) break;
        const outcome = this.apply(waiting, isolateAll || waiting.changes.length > 1);
        outcomes.push(outcome);
        weight += weightOf(waiting.changes, 'events' in outcome ? outcome.events : []);
      }
      writer.writeSums();
      committing = true;
      applied = performance.now();
      connection.run('COMMIT');
    } catch (cause) {
      writer.backTo(before);
      this.rollback();
      // A commit of one change checks before it writes and is not isolated. Should one fail half-way all the same,
      // its neighbours must not: the group is done again with every commit by itself.
      if (!isolateAll && !isDiskFailure(cause) && !isBusy(cause))
        return this.commitGroup(queue, maxWeight, true);
      throw new GroupFailure(tried, committing, cause);
    }
    const now = performance.now();
    this.done = {
      commits: outcomes.length,
      events: writer.lastPosition - before.lastPosition,
      transactionMs: now - begun,
      commitMs: now - applied,
    };
    return outcomes;
  }

  private apply(waiting: Waiting, isolated: boolean): Outcome {
    const { connection, writer } = this;
    const before = writer.numbers;
    if (isolated) connection.run('SAVEPOINT one');
    try {
      const events = waiting.changes.flatMap((change) => writer.apply(change));
      if (isolated) connection.run('RELEASE one');
      return { waiting, events };
    } catch (failure) {
      const mustRestart = isDiskFailure(failure) || (!isolated && !(failure instanceof Problem));
      if (mustRestart) throw failure;
      if (isolated) {
        connection.run('ROLLBACK TO one');
        connection.run('RELEASE one');
      }
      writer.backTo(before);
      return { waiting, problem: problemOf(failure, 'writing') };
    }
  }

  /** What follows from a transaction that failed as a whole. */
  private recover(queue: readonly Waiting[], failure: GroupFailure): readonly Outcome[] | undefined {
    const { cause, commits, committing } = failure;
    if (isBusy(cause)) {
      this.busySince ??= performance.now();
      if (performance.now() - this.busySince < busyDeadlineMs) {
        this.scheduled = true;
        setTimeout(() => this.flush(), busyRetryMs);
        return undefined;
      }
    }
    this.busySince = undefined;
    const problem = problemOf(cause, 'writing');
    const failed = (told: Problem) => queue.slice(0, commits).map((waiting) => ({ waiting, problem: told }));
    if (!isDiskFailure(cause)) return failed(problem);
    this.diskFailure = problem;
    // A full disk refuses the write itself, so nothing happened. Any other failure may have struck after the write
    // (an fsync): only the file knows.
    const isFull = sqliteCode(cause) === 'SQLITE_FULL';
    if (isFull) this.makeRoom();
    else this.tryToStartOver();
    if (committing && !isFull) return failed(unknownOutcome(problem));
    const mustBeWritten = isFull && commits === 1 && queue[0]?.isUrgent === true;
    if ((commits === 1 || this.careful) && !(mustBeWritten && this.reserve.giveUp())) return failed(problem);
    // One of them may be what does not fit: each gets a transaction of its own.
    this.careful = true;
    this.schedule();
    return undefined;
  }

  /** What the write-ahead log takes can be used again once the database has it. */
  private makeRoom(): void {
    this.reserve.runShort();
    try {
      this.connection.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // The database would have to grow for it, and cannot.
    }
  }

  private rollback(): void {
    try {
      this.connection.rollback();
    } catch {
      this.tryToStartOver();
    }
  }

  private tryToStartOver(): void {
    try {
      this.startOver();
    } catch (failure) {
      this.diskFailure = problemOf(failure, 'opening the database again');
    }
  }

  /** After a failure of the disk nothing that SQLite remembers can be trusted: only what the file says counts. */
  private startOver(): void {
    this.mustStartOver = true;
    this.connection.reopen();
    this.writer.reload();
    this.mustStartOver = false;
  }
}

const unknownOutcome = (problem: Problem): Problem =>
  new Problem(problem.code, {
    detail: `${problem.detail} It may have been written all the same: read before you repeat it.`,
    cause: problem.cause,
  });

/** A transaction that failed as a whole: how many commits it was for, and whether it had come to its COMMIT. */
class GroupFailure extends Error {
  override readonly name = 'GroupFailure';
  readonly commits: number;
  readonly committing: boolean;

  constructor(commits: number, committing: boolean, cause: unknown) {
    super('a group of commits failed', { cause });
    this.commits = commits;
    this.committing = committing;
  }
}

const weightOf = (changes: readonly Change[], events: readonly StoredEvent[]): number =>
  events.reduce((sum, { json }) => sum + 1 + json.length / charactersPerRow, changes.length) +
  changes.filter(({ kind }) => kind === 'events-pruned').length * pruneStep.events;
