import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { type Exact, placeOf } from './exact-file.ts';
import { type Git, slowMs } from './git.ts';
import { eachRecord } from './git-records.ts';

/** Above this a file is stored as it is. */
const convertedBytes = 32n * 1024n * 1024n;

/**
 * Whether git stores a file as it is, whatever the attributes of a tree say of line ends, keywords and encodings: text
 * without a carriage return and without a keyword. Of a file that was not read whole nobody can tell.
 */
export const isStoredAsItIs = (found: Exact): boolean => {
  if (found.kind === 'large') return found.stats.size > convertedBytes;
  if (found.kind !== 'small') return true;
  const { bytes } = found;
  return !bytes.includes(0x0d) && !bytes.includes(0) && !bytes.includes('$Id') && isUtf8(bytes);
};

/** Stores files as git does by the attributes of the tree. */
export interface GitContent {
  /** Takes the content of a file. */
  put(name: Buffer, found: Exact | { readonly kind: 'small'; readonly bytes: Buffer }): Promise<void>;
  /** Stores what was taken; gives the ids by name, a character for each byte. */
  store(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Buffer>>;
  discard(): Promise<void>;
}

/**
 * Git reads copies in `stage` that nobody exchanges, and the attributes of files that did not change in a copy of the
 * index.
 */
export const createGitContent = (git: Git, index: string, stage: string): GitContent => {
  const copy = `${index}.converting`;
  const names = new Map<string, Buffer>();
  const discard = async (): Promise<void> => {
    if (names.size === 0) return;
    await rm(stage, { recursive: true, force: true });
    await rm(copy, { force: true });
  };
  return {
    async put(name, found) {
      if (names.size === 0) await rm(stage, { recursive: true, force: true });
      names.set(name.toString('latin1'), name);
      const target = Buffer.concat([Buffer.from(`${stage}/`), name]);
      await mkdir(target.subarray(0, target.lastIndexOf('/')), { recursive: true, mode: 0o700 });
      if (found.kind === 'small') await writeFile(target, found.bytes);
      // By the open file, whatever its name leads to by now.
      else if (found.kind === 'large')
        await copyFile(placeOf(found.handle), target, constants.COPYFILE_FICLONE);
    },

    async store(signal) {
      const ids = new Map<string, Buffer>();
      if (names.size === 0) return ids;
      await copyFile(index, copy);
      const inStage = git.with({ workTree: stage, environment: { GIT_INDEX_FILE: copy } });
      const input = Buffer.concat([...names.values()].flatMap((name) => [name, Buffer.of(0)]));
      const add = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
      await inStage.run(add, { input, signal, timeoutMs: slowMs });
      const take = (record: Buffer): void => {
        const tab = record.indexOf(0x09);
        const name = record.toString('latin1', tab + 1);
        if (!names.has(name)) return;
        ids.set(name, Buffer.from(record.toString('latin1', 0, tab).split(' ')[1] ?? '', 'hex'));
      };
      await eachRecord(inStage, ['ls-files', '-z', '--stage'], take, { signal });
      return ids;
    },

    discard,
  };
};
