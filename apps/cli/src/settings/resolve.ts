import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { defaultBase, stateDirectory } from '@agent-harbor/rest-client/node';
import type { Io } from '../io.ts';
import { type ConfigFile, readConfigFile, requireConfigFile, userConfigFile } from './config-file.ts';
import { findLocalServer } from './local-server.ts';
import { clientSettings, mockServerSettings, readText, type Setting, serverSettings } from './table.ts';

/** What commands are told by flags; members that were not given are undefined. */
export interface CommonFlags {
  readonly config?: string | undefined;
  readonly restBase?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly stateDir?: string | undefined;
}

/** What holds for one run of `ah`: flags before the named file, that before the environment, that before the user's file. */
export interface Settings {
  /** Where the server is: as chosen, else where the one on the state directory says it is, else the usual place. */
  readonly restBase: string;
  /** Whether somebody chose the base. */
  readonly restBaseIsChosen: boolean;
  readonly apiKey: string | undefined;
  readonly stateDir: string;
  /** The settings of a server that are given anywhere; flags win. */
  server(kind: 'server' | 'mockServer', flags: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

export const resolveSettings = async (
  flags: CommonFlags,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<Settings> => {
  const named = flags.config ?? env.AH_CONFIG;
  const chosen: ConfigFile = named === undefined ? {} : await requireConfigFile(named, cwd);
  const own: ConfigFile = named === undefined ? ((await readConfigFile(userConfigFile(env), cwd)) ?? {}) : {};

  const text = (name: keyof typeof clientSettings): string | undefined =>
    flags[name] ?? chosen[name] ?? (env[clientSettings[name].env] || undefined) ?? own[name];

  const base = text('restBase');
  const stateDir = resolve(
    cwd,
    text('stateDir') ?? stateDirectory({ env, platform: process.platform, home: homedir() }),
  );
  return {
    restBase: base ?? (await findLocalServer(stateDir))?.url ?? defaultBase,
    restBaseIsChosen: base !== undefined,
    apiKey: text('apiKey'),
    stateDir,
    server: (kind, given) => ({
      ...own[kind],
      ...fromEnvironment(kind === 'server' ? serverSettings : mockServerSettings, env),
      ...chosen[kind],
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    }),
  };
};

const fromEnvironment = (
  settings: Readonly<Record<string, Setting>>,
  env: Io['env'],
): Record<string, unknown> => {
  const found: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const value = env[setting.env];
    if (value !== undefined && value !== '') found[name] = readText(setting.kind, value);
  }
  return found;
};
