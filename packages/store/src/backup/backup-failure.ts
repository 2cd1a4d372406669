/** Why a backup or a restore was refused or given up, as a sentence that names the file. */
export class BackupFailure extends Error {
  override readonly name = 'BackupFailure';
  /** `damaged`: a file is not what was written. `refused`: it would overwrite something, or somebody is in the way. */
  readonly kind: 'damaged' | 'refused' | 'interrupted';

  constructor(kind: BackupFailure['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

export const throwIfInterrupted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new BackupFailure('interrupted', 'It was interrupted.');
};
