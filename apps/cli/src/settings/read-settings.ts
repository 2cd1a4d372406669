import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultBase, stateDirectory } from '@agent-harbor/rest-client/local-key';
import type { Io } from '../io.ts';
import { readConfigFile, type Written } from './config-file.ts';
import { readText, readValue } from './kind.ts';
import { findLocalServer } from './local-server.ts';
import { refusal } from './refusal.ts';
import { clientSettings, type Setting, type SettingGroup, settingGroups } from './table.ts';

/** The settings that were given as flags, by their variables: text, a switch, or a list of texts. */
export type FlagValues = ReadonlyMap<string, unknown>;

/** A value and where it was said: `--port`, `AH_PORT`, or `server.port in <file>`. */
export interface Found {
  readonly value: unknown;
  readonly origin: string;
}

/** What holds for one run of `ah`: flags before the environment, that before the file. */
export interface Settings {
  /** Where the server is: as chosen, else where the one on the state directory says it is, else the usual place. */
  readonly restBase: string;
  readonly apiKey: string | undefined;
  readonly stateDir: string;
  /** Where a setting was said; undefined for one that was not. */
  originOf(name: keyof typeof clientSettings): string | undefined;
  /** The settings of a group that were given, by the names the server's own configuration has for them. */
  group(name: Exclude<SettingGroup, 'client'>): ReadonlyMap<string, Found>;
}

/** Reads the settings. Fails with what is wrong and where it was said. */
export const readSettings = async (
  flags: FlagValues,
  configFlag: string | undefined,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<Settings> => {
  const near = (setting: Setting): Written | undefined => {
    const flag = flagOf(setting);
    const given = flags.get(setting.env);
    // A list is a repeated flag: its items may hold commas.
    if (given !== undefined) {
      const raw = typeof given === 'string' ? readText(setting.kind, given) : given;
      return { raw, origin: flag, folder: cwd };
    }
    const text = env[setting.env];
    // An empty variable is how a shell unsets one for a single command.
    if (text === undefined || text === '') return undefined;
    return { raw: readText(setting.kind, text), origin: setting.env, folder: cwd };
  };

  const standard = stateDirectory({
    env: { ...env, AH_HOME: undefined },
    platform: process.platform,
    home: homedir(),
  });
  const nearStateDir = textOf(found(clientSettings.stateDir, near(clientSettings.stateDir))) ?? standard;
  const chosen = configFlag ?? (env.AH_CONFIG || undefined);
  const path = chosen === undefined ? join(nearStateDir, 'config.json') : resolve(cwd, chosen);
  const file = await readConfigFile(path, chosen !== undefined);
  if (chosen === undefined && file.has(clientSettings.stateDir)) {
    throw refusal([
      [
        file.get(clientSettings.stateDir)?.origin ?? '',
        'cannot move the state directory, as the file lies in it',
      ],
    ]);
  }

  const find = (setting: Setting): Found | undefined => found(setting, near(setting) ?? file.get(setting));
  const client = {
    restBase: find(clientSettings.restBase),
    apiKey: find(clientSettings.apiKey),
    stateDir: find(clientSettings.stateDir),
  };
  const stateDir = textOf(client.stateDir) ?? standard;
  return {
    restBase: textOf(client.restBase) ?? (await findLocalServer(stateDir))?.url ?? defaultBase,
    apiKey: textOf(client.apiKey),
    stateDir,
    originOf: (name) => client[name]?.origin,
    group: (name) =>
      new Map(
        Object.entries<Setting>(settingGroups[name]).flatMap(([key, setting]): [string, Found][] => {
          const value = find(setting);
          return value === undefined ? [] : [[setting.member ?? key, value]];
        }),
      ),
  };
};

/** `--port` of `--port <number>`. */
const flagOf = ({ flag }: Setting): string => flag.replace(/ .*/, '');

const found = ({ kind }: Setting, written: Written | undefined): Found | undefined => {
  if (written === undefined) return undefined;
  const { raw, origin, folder } = written;
  const read = readValue(kind, raw, folder);
  if ('wrong' in read) throw refusal([[origin, read.wrong]]);
  return { value: read.value, origin };
};

const textOf = (setting: Found | undefined): string | undefined =>
  typeof setting?.value === 'string' ? setting.value : undefined;
