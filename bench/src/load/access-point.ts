import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Program, type ProgramOptions, startProgram } from '../process/program.ts';
import { programs } from '../process/programs.ts';

/** The program as it is shipped: `ah agent access-point`. */
export interface AccessPoint {
  readonly program: Program;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

const Ready = z.object({ url: z.string(), keyFile: z.string() });

/** What it is started with; a session that runs is ended with it. */
export const accessPointArgv = (stateDir: string, port = 0): string[] => [
  programs.ah,
  ...['agent', 'access-point', '--json', '--stop-sessions', '--rate-limit', '9999999/60'],
  ...['--state-dir', stateDir, '--port', String(port), '--max-concurrent-tasks', '16'],
];

export const openAccessPoint = async (
  stateDir: string,
  { flags = [], ...options }: Pick<ProgramOptions, 'everyCore'> & { readonly flags?: readonly string[] } = {},
): Promise<AccessPoint> => {
  const argv = [...accessPointArgv(stateDir), ...flags];
  const program = await startProgram({ argv, node: [], ...options });
  const { url, keyFile } = Ready.parse(program.said);
  const key = readFileSync(keyFile, 'utf8').trim();
  return { program, port: Number(new URL(url).port), headers: { Authorization: `ApiKey ${key}` } };
};
