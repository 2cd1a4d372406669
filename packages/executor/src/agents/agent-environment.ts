import type { Run } from '@agent-harbor/core';
import { sessionVariable } from '../process/process-tree.ts';
import type { SessionDirectory } from '../recorder/session-directory.ts';

/** Variables of a process, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to start at all; nothing else of the host gets through. */
const hostVariables = ['PATH', 'LANG', 'SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT'];

/** The host's own part of an environment: where programs are, and which language they speak. */
export const hostEnvironment = (host: Environment): Readonly<Record<string, string>> => ({
  LANG: 'C.UTF-8',
  ...Object.fromEntries(
    Object.entries(host).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && hostVariables.includes(entry[0].toUpperCase()),
    ),
  ),
});

/** The environment every agent gets: clean of the server's secrets, with a home and a temporary directory of its own. */
export const agentEnvironment = (
  host: Environment,
  run: Run,
  directory: SessionDirectory,
): Readonly<Record<string, string>> => ({
  ...hostEnvironment(host),
  HOME: directory.home,
  TMPDIR: directory.temporary,
  ...(process.platform === 'win32'
    ? { USERPROFILE: directory.home, TEMP: directory.temporary, TMP: directory.temporary }
    : {}),
  TERM: 'dumb',
  [sessionVariable]: run.sessionId,
  AH_TASK_ID: run.taskId,
  ...(run.traceparent === undefined ? {} : { TRACEPARENT: run.traceparent }),
  ...(run.deliverTo === null ? {} : { AH_BRANCH: run.deliverTo }),
});
