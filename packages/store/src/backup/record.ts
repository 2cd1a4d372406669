import { z } from 'zod';

/** The file of a state directory that says which backup of it was verified last. */
export const backupRecordName = 'last-backup.json';

/** What `ah backup` writes down once a backup is whole: retention may then let go of journals that are in it. */
export const BackupRecord = z.object({
  version: z.literal(1),
  at: z.string(),
  directory: z.string(),
  epoch: z.string(),
  /** Every event up to this position is in it. */
  position: z.number().int().min(0),
});
export type BackupRecord = z.infer<typeof BackupRecord>;
