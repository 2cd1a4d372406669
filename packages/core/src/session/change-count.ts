import type { Executor } from '../executor/executor.ts';
import type { Log } from '../log.ts';
import type { Sessions } from './sessions.ts';

export interface ChangeCountParts {
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly log: Log;
}

/** Keeps the session's `changes` near the truth while files are edited, one look at a time. */
export class ChangeCount {
  private looking: Promise<void> | undefined;
  private again = false;
  private readonly parts: ChangeCountParts;
  private readonly sessionId: string;
  private readonly signal: AbortSignal;

  constructor(parts: ChangeCountParts, sessionId: string, signal: AbortSignal) {
    this.parts = parts;
    this.sessionId = sessionId;
    this.signal = signal;
  }

  refresh(): void {
    this.again = this.looking !== undefined;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      if (this.again) this.refresh();
    });
  }

  /** Resolves when nobody looks, and nobody is about to. */
  async resting(): Promise<void> {
    this.again = false;
    await this.looking;
  }

  /** The last word, taken after everything else. */
  async settled(): Promise<void> {
    await this.resting();
    await this.look();
  }

  private async look(): Promise<void> {
    const { executor, sessions, log } = this.parts;
    try {
      const files = await executor.files.changes(this.sessionId, this.signal);
      const changes = {
        files_changed: files.length,
        lines_added: files.reduce((sum, file) => sum + file.lines_added, 0),
        lines_removed: files.reduce((sum, file) => sum + file.lines_removed, 0),
      };
      await sessions.update(this.sessionId, () => ({ patch: { changes } }));
    } catch (error) {
      if (this.signal.aborted) return;
      // A figure for people, not a fact of the log: the next look corrects it.
      log.warn('The changes of a session could not be counted', { sessionId: this.sessionId, error });
    }
  }
}
