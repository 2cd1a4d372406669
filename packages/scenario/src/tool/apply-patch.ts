import { applyPatch, parsePatch, type StructuredPatch } from 'diff';
import { bytesOf, textOf } from './bytes.ts';
import { workspacePath } from './workspace-path.ts';

/** What a patch makes of files: each with its bytes after it, null for one that is gone. Or why it cannot be applied. */
export type PatchResult =
  | {
      readonly done: true;
      readonly files: readonly { readonly path: string; readonly after: Uint8Array | null }[];
    }
  | { readonly done: false; readonly reason: string };

/** Applies a unified diff, as git writes it, to files given by path; all of it or nothing. */
export const applyUnifiedDiff = (patch: string, read: (path: string) => Uint8Array | null): PatchResult => {
  const parts = partsOf(patch);
  if (parts === undefined || parts.length === 0) return cannot('is no unified diff');
  const files: { path: string; after: Uint8Array | null }[] = [];
  for (const part of parts) {
    const [from, to] = [nameOf(part.oldFileName), nameOf(part.newFileName)];
    const path = to ?? from;
    if (path === undefined) return cannot('names a file that is not in the workspace');
    const before = from === undefined ? null : read(from);
    if (from !== undefined && before === null) return cannot(`${from}: there is no such file`);
    const text = before === null ? '' : textOf(before);
    if (text === null) return cannot(`${path}: is not a text file`);
    const after = applyPatch(text, part);
    if (after === false) return cannot(`${path}: the file is not what the patch is for`);
    if (from !== undefined && from !== path) files.push({ path: from, after: null });
    files.push({ path, after: to === undefined ? null : bytesOf(after) });
  }
  return { done: true, files };
};

const partsOf = (patch: string): readonly StructuredPatch[] | undefined => {
  try {
    return parsePatch(patch).filter(({ hunks }) => hunks.length > 0);
  } catch {
    return undefined;
  }
};

/** The path below the workspace; undefined for the side on which there is no file. */
const nameOf = (name: string | undefined): string | undefined =>
  name === undefined || name === '/dev/null' ? undefined : workspacePath(name.replace(/^[ab]\//, ''));

const cannot = (reason: string): PatchResult => ({ done: false, reason });
