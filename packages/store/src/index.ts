export { BackupFailure } from './backup/backup-failure.ts';
export { type BackupOptions, createBackup } from './backup/create-backup.ts';
export type { BackupFile, BackupManifest } from './backup/manifest.ts';
export { BackupRecord, backupRecordName } from './backup/record.ts';
export { type Restored, type RestoreOptions, restoreBackup } from './backup/restore-backup.ts';
export { type VerifyOptions, verifyBackup } from './backup/verify-backup.ts';
export { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';
export type { SqliteStore } from './sqlite-store.ts';
export type { Group } from './write/group-commit.ts';
