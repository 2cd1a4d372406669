import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Acceptance } from '@agent-harbor/api-contract/diff';
import { z } from 'zod';
import { describeCause } from './cause.ts';
import { fileAt } from './git.ts';
import { unreadable } from './unreadable.ts';

/** The changesets that say that something breaks, and what to know about those that nearly do. */
export interface Changesets {
  readonly acceptances: readonly Acceptance[];
  readonly remarks: readonly string[];
}

export interface ChangesetOptions {
  readonly folder: string;
  /** Only changesets that bump this package count; any package when it is undefined. */
  readonly packageName: string | undefined;
  /** `info.version` of the contract before: below 1.0 a minor bump may break. */
  readonly version: string;
  /** What was there already speaks of other changes. */
  readonly since: string | undefined;
  readonly cwd: string;
}

export const readChangesets = async (options: ChangesetOptions): Promise<Changesets> => {
  const folder = resolve(options.cwd, options.folder);
  const acceptances: Acceptance[] = [];
  const remarks: string[] = [];
  const names = await namesIn(folder);
  if (names === undefined)
    remarks.push(`There is no folder ${options.folder}, so no changeset says BREAKING.`);
  for (const name of names ?? []) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8');
    if (options.since !== undefined && isSame(text, await fileAt(path, options.since))) continue;
    const changeset = parse(text);
    if (changeset === undefined) {
      remarks.push(`${name} cannot be read as a changeset, so it says nothing.`);
      continue;
    }
    if (!/^BREAKING\b/.test(changeset.text)) continue;
    if (allows(changeset.bumps, options)) acceptances.push({ by: name, only: named(changeset.text) });
    else remarks.push(`${name} says BREAKING, but not with ${bumpWanted(options)}, so it does not count.`);
  }
  return { acceptances, remarks };
};

/** Undefined where there is no such folder: a project has none until it writes its first changeset. */
const namesIn = async (folder: string): Promise<readonly string[] | undefined> => {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(describeCause(cause), 'Name the folder of the changesets with --changesets.', cause);
  });
  return names?.filter((name) => name.endsWith('.md') && name !== 'README.md').sort();
};

/** git may have written the lines of a checkout in the way of Windows. */
const isSame = (text: string, before: string | undefined): boolean =>
  text.replaceAll('\r\n', '\n') === before?.replaceAll('\r\n', '\n');

const Bumps = z.record(z.enum(['major', 'minor', 'patch', 'none']));

interface Changeset {
  readonly bumps: z.infer<typeof Bumps>;
  readonly text: string;
}

/** Bumps between dashes, one `"package": bump` a line, and the text for people. */
const parse = (source: string): Changeset | undefined => {
  const [, head, text] =
    /^\ufeff?\s*---\r?\n([\s\S]*?)\r?\n?---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(source) ?? [];
  if (head === undefined) return undefined;
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== '');
  const bumps = lines.map((line) => /^\s*(["']?)(\S+?)\1\s*:\s*(["']?)(\w+)\3\s*$/.exec(line));
  const read = Bumps.safeParse(Object.fromEntries(bumps.map((found) => [found?.[2] ?? '', found?.[4]])));
  return read.success ? { bumps: read.data, text: (text ?? '').trim() } : undefined;
};

const allows = (bumps: Changeset['bumps'], { packageName, version }: ChangesetOptions): boolean =>
  Object.entries(bumps).some(
    ([name, bump]) =>
      (packageName === undefined || name === packageName) &&
      (bump === 'major' || (bump === 'minor' && version.startsWith('0.'))),
  );

const bumpWanted = ({ packageName, version }: ChangesetOptions): string =>
  `a ${version.startsWith('0.') ? 'minor or major' : 'major'} bump of ${packageName ?? 'a package'}`;

/** `Allows: <rule or id>`, one a line, keeps a changeset to what it speaks of. */
const named = (text: string): readonly string[] | undefined => {
  const found = [...text.matchAll(/^[-*\s]*Allows:\s*(.+?)\s*$/gim)].map(
    ([, what]) => what?.replaceAll('`', '') ?? '',
  );
  return found.length > 0 ? found : undefined;
};
