import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupFailure } from './backup-failure.ts';

export const manifestName = 'manifest.json';
export const databaseName = 'harbor.db';
export const keyName = 'api-key';

/**
 * The places a backup may have files at, so that one made by a stranger cannot reach another: the database, the host's
 * key, and what is below the directories of git.
 */
const place = /^(?:harbor\.db|api-key|cache\/[\w.-]+\.git\/.+|sessions\/[A-Za-z0-9][\w-]{0,127}\/git\/.+)$/;
const isPlace = (path: string): boolean =>
  place.test(path) &&
  !/[\\\0]/.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** A file of a backup. */
export const BackupFile = z
  .object({
    path: z.string().refine(isPlace, 'is no place of a backup'),
    bytes: z.number().int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** The file whose content this one shares on the disk. */
    same: z.string().refine(isPlace).optional(),
  })
  .strict();
export type BackupFile = z.infer<typeof BackupFile>;

const Contents = z
  .object({
    /** Of this layout. A reader of another one refuses it. */
    format: z.literal(1),
    /** The release that made it. */
    release: z.string(),
    /** When the snapshot was taken, RFC 3339. */
    at: z.string().datetime(),
    /** The epoch of the log, and the newest position in it. */
    epoch: z.string(),
    position: z.number().int().min(0),
    /** All files together. */
    bytes: z.number().int().min(0),
    files: z.array(BackupFile),
  })
  .strict();

/** What a backup holds. */
export const BackupManifest = Contents.extend({
  /** SHA-256 of all the rest. */
  seal: z.string(),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export const sealed = (contents: z.infer<typeof Contents>): BackupManifest => ({
  ...contents,
  seal: sealOf(contents),
});

/** Over members in a fixed order, so that it does not hang on how the file was written. */
const sealOf = (contents: z.infer<typeof Contents>): string => {
  const { format, release, at, epoch, position, bytes, files } = contents;
  const rows = files.map((file) => [file.path, file.bytes, file.sha256, file.same ?? null]);
  const text = JSON.stringify([format, release, at, epoch, position, bytes, rows]);
  return createHash('sha256').update(text).digest('hex');
};

/** Reads the manifest of a backup; one that is damaged, or of something else, is refused. */
export const readManifest = async (directory: string): Promise<BackupManifest> => {
  const path = join(directory, manifestName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BackupFailure('refused', `${directory} is no backup: there is no ${path}.`, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BackupFailure('damaged', `${path} is damaged: it is not JSON.`, cause);
  }
  const format = z.object({ format: z.number() }).safeParse(value);
  if (format.success && format.data.format !== 1) {
    throw new BackupFailure(
      'refused',
      `${path} is of format ${format.data.format}, which this release does not know. Use the release that made it.`,
    );
  }
  const parsed = BackupManifest.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BackupFailure('damaged', `${path} is damaged: ${issue?.path.join('.')} ${issue?.message}.`);
  }
  const { seal, ...contents } = parsed.data;
  if (seal !== sealOf(contents)) {
    throw new BackupFailure('damaged', `${path} is damaged: it is not what was written.`);
  }
  return parsed.data;
};
