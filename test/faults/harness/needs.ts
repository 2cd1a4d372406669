import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';

const runs = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

/** The library that is loaded before a program to give it another time. */
export const faketimeLibrary = (): string | undefined =>
  globSync('/usr/lib/*/faketime/libfaketime.so.1').concat(globSync('/usr/lib/faketime/libfaketime.so.1'))[0];

/** What a test may need of a machine: each says what is missing, or nothing. */
const needs = {
  linux: () => (process.platform === 'linux' ? undefined : 'Linux'),
  root: () => (process.getuid?.() === 0 ? undefined : 'root'),
  strace: () =>
    runs('strace', '-f', '-e', 'trace=none', 'true') ? undefined : 'strace, with the right to trace',
  faketime: () => (faketimeLibrary() === undefined ? 'libfaketime (package faketime)' : undefined),
  loop: () => (runs('losetup', '-f') ? undefined : 'a free loop device (root)'),
  ext4: () => (runs('mkfs.ext4', '-V') ? undefined : 'mkfs.ext4 (package e2fsprogs)'),
  xfs: () => (runs('mkfs.xfs', '-V') ? undefined : 'mkfs.xfs (package xfsprogs)'),
  tmpfs: () =>
    process.getuid?.() === 0 && existsSync('/proc/mounts') ? undefined : 'the right to mount a tmpfs',
  netns: () =>
    runs('ip', 'netns', 'list') && runs('unshare', '--net', 'true')
      ? undefined
      : 'ip and the right to make network namespaces (root)',
  iptables: () => (runs('iptables', '--version') ? undefined : 'iptables'),
} as const;

export type Need = keyof typeof needs;

const known = new Map<Need, string | undefined>();

/** What this machine lacks of it, for people. */
export const missing = (wanted: readonly Need[]): string[] =>
  wanted.flatMap((need) => {
    if (!known.has(need)) known.set(need, needs[need]());
    return known.get(need) ?? [];
  });
