import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentPresence } from '@agent-harbor/api-contract/schemas';
import type { AgentHost } from './adapter.ts';
import { installedProgram, packageVersion } from './installed-program.ts';
import { variablesOf } from './lend.ts';
import { homeOf } from './lend-credentials.ts';
import type { Vendor } from './vendor.ts';

/** What is said of a vendor's agent without a session of it: at most it is asked for its version. */
export const presenceOf = async (
  { type, programs, install, credentials }: Pick<Vendor, 'type' | 'programs' | 'install' | 'credentials'>,
  { agentPrograms, agentCredentials = [], agentLends, environment = {}, askVersion }: AgentHost,
): Promise<AgentPresence> => {
  const configured = agentPrograms?.[type];
  const candidates = configured === undefined ? programs.map(([name]) => [name]) : [configured];
  const [program] = candidates.flatMap((argv) => installedProgram(argv, environment) ?? []);
  if (program === undefined) {
    const missing = `There is no ${JSON.stringify(configured)}, which --agent-programs names for it.`;
    const details = configured === undefined ? [install] : [missing];
    return { present: false, version: null, authenticated: false, details };
  }
  const { path } = program;
  const version = path === undefined ? null : (packageVersion(path) ?? (await askVersion?.(program)) ?? null);
  const hasVariable = Object.keys(credentials.variables).some((name) => (environment[name] ?? '') !== '');
  const home = homeOf(environment);
  const hasFile = (files: readonly string[]) =>
    home !== '' && files.some((file) => existsSync(join(home, file)));
  const lent = agentLends?.[type];
  const isLent =
    lent !== undefined &&
    (Object.keys(variablesOf(lent.variables, environment)).length > 0 || hasFile(lent.files));
  const hasCredentials = isLent || hasVariable || hasFile(credentials.files);
  const isPassedIn = isLent || agentCredentials.includes(type);
  const passIn = `Its credentials are given to sessions only by a server that is started with --agent-credentials ${type}.`;
  return {
    present: true,
    version,
    authenticated: hasCredentials && isPassedIn,
    details: [...(hasCredentials ? [] : [credentials.signIn]), ...(isPassedIn ? [] : [passIn])],
  };
};
