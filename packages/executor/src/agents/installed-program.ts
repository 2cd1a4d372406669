import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { findProgram } from '../process/find-program.ts';
import type { Environment } from './agent-environment.ts';

/** The program an argv comes to, beyond what starts it. */
export interface InstalledProgram {
  /** The words that start it, without its arguments. */
  readonly argv: readonly string[];
  /** Undefined where it is looked up in the workspace of a session, so nothing can be said about it. */
  readonly path: string | undefined;
}

/** Looks through `env`, its variables and Node; undefined when one of the words is no file of this host. */
export const installedProgram = (
  argv: readonly string[],
  environment: Environment,
): InstalledProgram | undefined => {
  const { PATH = '', PATHEXT } = environment;
  const [word = '', ...rest] = argv;
  if (/[\\/]/.test(word) && !isAbsolute(word)) return { argv: [word], path: undefined };
  const path = isAbsolute(word) ? word : findProgram(word, PATH, PATHEXT);
  if (path === undefined || !existsSync(path)) return undefined;
  if (isNamed(word, 'env')) {
    const program = rest.findIndex((next) => !/^\w+=/.test(next));
    const behind = program < 0 ? undefined : installedProgram(rest.slice(program), environment);
    return behind && { ...behind, argv: [word, ...rest.slice(0, program), ...behind.argv] };
  }
  if (isNamed(word, 'node')) {
    const at = rest.findIndex((next) => !next.startsWith('-'));
    const script = rest[at] ?? '';
    const words = [word, ...rest.slice(0, at + 1)];
    if (!isAbsolute(script)) return { argv: words, path: undefined };
    return existsSync(script) ? { argv: words, path: realpathSync(script) } : undefined;
  }
  return { argv: [word], path: realpathSync(path) };
};

const isNamed = (word: string, name: string): boolean => basename(word).replace(/\.exe$/i, '') === name;

/** As much of a manifest as tells whose a program is. */
const Manifest = z.object({
  version: z.string().min(1),
  bin: z.union([z.string(), z.record(z.string())]),
});

/** The version of the package that names this file as a program of its own; others above it say nothing about it. */
export const packageVersion = (path: string): string | undefined => {
  let directory = dirname(path);
  for (; directory !== dirname(directory); directory = dirname(directory)) {
    const file = join(directory, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = Manifest.safeParse(jsonOf(file));
    if (!manifest.success) continue;
    const { bin, version } = manifest.data;
    const files = typeof bin === 'string' ? [bin] : Object.values(bin);
    if (files.some((name) => join(directory, name) === path)) return version.slice(0, 64);
  }
  return undefined;
};

const jsonOf = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};
