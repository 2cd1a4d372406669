import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The mount and the own group of one hierarchy, as `/proc/self` shows them. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** The directory of the group this process is in. */
  readonly own: string;
}

/** The hierarchies that can find and hold processes: the unified one, and the freezer of version 1. */
export const findHierarchies = (): readonly Hierarchy[] => {
  const mounts = read('/proc/self/mountinfo').split('\n').map(parseMount);
  const groups = read('/proc/self/cgroup')
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  return mounts.flatMap((mount) => {
    if (mount === undefined) return [];
    const version = mount.type === 'cgroup2' ? 2 : 1;
    const controllers = version === 2 ? '' : 'freezer';
    const group = groups.find((found) => found?.[1]?.split(',').includes(controllers));
    const path = group?.[2];
    return path === undefined ? [] : [{ version, own: join(mount.point, below(mount.root, path)) } as const];
  });
};

/** The processes of a group and of the groups below it. */
export const membersOf = (directory: string): number[] => [
  ...numbers(read(join(directory, 'cgroup.procs'))),
  ...children(directory).flatMap((child) => membersOf(join(directory, child))),
];

/** Makes the group, or finds it. */
export const makeGroup = (directory: string): void => {
  mkdirSync(directory, { recursive: true });
};

/** Moves a process, with all its threads. */
export const moveInto = (directory: string, pid: number): void => {
  writeFileSync(join(directory, 'cgroup.procs'), String(pid));
};

/**
 * Removes the group, the groups below it, and the one above it if that is empty now. False when the kernel does not
 * let it go yet: it has processes, or is still busy with ones that just died.
 */
export const removeGroup = (directory: string): boolean => {
  removeBelow(directory);
  removeEmpty(dirname(directory));
  return !existsSync(directory);
};

const removeBelow = (directory: string): void => {
  for (const child of children(directory)) removeBelow(join(directory, child));
  removeEmpty(directory);
};

const removeEmpty = (directory: string): void => {
  try {
    rmdirSync(directory);
  } catch {
    // Gone already, or in use.
  }
};

/** A control file's content; empty when it is not there. */
export const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const children = (directory: string): string[] => {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
};

const numbers = (lines: string): number[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);

/** `36 35 98:0 /root /mount/point options - type source super-options` (proc_pid_mountinfo(5)). */
const parseMount = (line: string) => {
  const [left, right] = line.split(' - ');
  const [, , , root, point] = left?.split(' ') ?? [];
  const [type, , options] = right?.split(' ') ?? [];
  if (root === undefined || point === undefined) return undefined;
  const usable = type === 'cgroup2' || (type === 'cgroup' && options?.split(',').includes('freezer'));
  return usable ? { type, root: unescapeOctal(root), point: unescapeOctal(point) } : undefined;
};

/** Spaces and the like are written as octal numbers. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The part of a group's path that lies below the mounted root. */
const below = (root: string, path: string): string =>
  root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
