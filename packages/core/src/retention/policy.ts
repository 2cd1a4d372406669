/** What is kept, and for how long. What is undefined is not bounded. */
export interface RetentionPolicy {
  /** The log of each session: the oldest events go first, the newest one always stays. */
  readonly events?: {
    readonly ageMs?: number | undefined;
    readonly count?: number | undefined;
    /** UTF-8 of their JSON. */
    readonly bytes?: number | undefined;
  };
  /** All logs together: those of sessions that ended go first, the oldest end first; then the oldest events of the others. */
  readonly total?: { readonly bytes?: number | undefined };
  /** How long the files of a session stay after its end. Commits are kept. */
  readonly workspaces?: { readonly ageMs?: number | undefined };
  /** How long the journal of a session stays after its end when no backup has what is in it. */
  readonly journals?: { readonly ageMs?: number | undefined };
}

/** A backup that was verified: it has every event up to `position` of the log of this epoch. */
export interface BackupMark {
  readonly epoch: string;
  readonly position: number;
}

/** How a Harbor is kept from growing for ever. */
export interface RetentionOptions {
  readonly policy: RetentionPolicy;
  /** The newest verified backup; undefined when there is none. */
  readonly lastBackup?: (() => Promise<BackupMark | undefined>) | undefined;
}
