import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { AgentPresence } from '@agent-harbor/api-contract/schemas';
import { findProgram } from '../process/find-program.ts';
import { isRecord, isText } from '../process/shape.ts';
import type { AgentHost } from './adapter.ts';
import { homeOf } from './lend-credentials.ts';
import type { Vendor } from './vendor.ts';

/** What is said of a vendor's agent without starting it: that takes seconds, and no question should. */
export const presenceOf = (
  { type, programs, install, credentials }: Pick<Vendor, 'type' | 'programs' | 'install' | 'credentials'>,
  { agentPrograms, agentCredentials = [], environment = {} }: AgentHost,
): AgentPresence => {
  const [configured] = agentPrograms?.[type] ?? [];
  const names = configured === undefined ? programs.map(([name]) => name) : [configured];
  const [path] = names.flatMap((name) => pathOf(name, environment) ?? []);
  if (path === undefined) return { present: false, version: null, authenticated: false, details: [install] };
  const hasVariable = Object.keys(credentials.variables).some((name) => (environment[name] ?? '') !== '');
  const home = homeOf(environment);
  const hasCredentials =
    hasVariable || (home !== '' && credentials.files.some((file) => existsSync(join(home, file))));
  const isPassedIn = agentCredentials.includes(type);
  const passIn = `Its credentials are given to sessions only by a server that is started with --agent-credentials ${type}.`;
  return {
    present: true,
    version: versionOf(path),
    authenticated: hasCredentials && isPassedIn,
    details: [...(hasCredentials ? [] : [credentials.signIn]), ...(isPassedIn ? [] : [passIn])],
  };
};

const pathOf = (
  name: string,
  { PATH = '', PATHEXT }: NonNullable<AgentHost['environment']>,
): string | undefined => {
  if (!isAbsolute(name)) return findProgram(name, PATH, PATHEXT);
  return existsSync(name) ? name : undefined;
};

/** The version of the package a program belongs to; a program of its own says it only when it is run. */
const versionOf = (path: string): string | null => {
  try {
    for (
      let directory = dirname(realpathSync(path));
      directory !== dirname(directory);
      directory = dirname(directory)
    ) {
      const manifest = join(directory, 'package.json');
      if (!existsSync(manifest)) continue;
      const value: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
      if (isRecord(value) && isText(value.version)) return value.version.slice(0, 64);
    }
  } catch {
    // Then nobody knows it.
  }
  return null;
};
