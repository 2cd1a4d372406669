import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';

/** The configuration file: JSON. The members of `server` are those of the server's own configuration. */
export const ConfigFile = z
  .object({
    restBase: z.string().optional(),
    apiKey: z.string().optional(),
    stateDir: z.string().optional(),
    server: z.record(z.unknown()).optional(),
    mockServer: z.record(z.unknown()).optional(),
  })
  .strict();
export type ConfigFile = z.infer<typeof ConfigFile>;

/** The user's own file, read when there is one. */
export const userConfigFile = (
  env: Io['env'],
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  if (platform === 'win32')
    return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'agent-harbor', 'config.json');
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'agent-harbor', 'config.json');
};

/** Reads a configuration file; undefined when it is not there. Fails with what is wrong and where. */
export const readConfigFile = async (path: string, cwd: string): Promise<ConfigFile | undefined> => {
  const file = isAbsolute(path) ? path : resolve(cwd, path);
  const refuse = (detail: string, cause?: unknown): Failure =>
    new Failure('config', {
      happened: 'The configuration file cannot be used',
      detail: `${file}: ${detail}`,
      remedy: 'Correct the file; `ah agent access-point --help` lists the settings.',
      cause,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`, cause);
  }
  const parsed = ConfigFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.') || 'the file'}: ${issue?.message}.`);
};

/** The file named by a flag must be there. */
export const requireConfigFile = async (path: string, cwd: string): Promise<ConfigFile> => {
  const file = await readConfigFile(path, cwd);
  if (file !== undefined) return file;
  throw new Failure('config', {
    happened: 'The configuration file is not there',
    detail: `There is no file ${resolve(cwd, path)}.`,
    remedy: 'Name an existing JSON file with --config, or leave it out.',
  });
};
