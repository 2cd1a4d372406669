import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '@agent-harbor/core';
import type { Scenario } from '@agent-harbor/scenario';
import { systemClock } from '../../recorder/system-clock.ts';
import { playInTerminal } from './play-in-terminal.ts';
import { serveMockAgent } from './serve.ts';
import { readMockSettings } from './settings.ts';

/**
 * The mock agent's program: an agent that speaks the Agent Client Protocol on its standard streams and plays the
 * scenario that is given or that `AH_MOCK_SETTINGS` names (JSON: the settings of the agent type), or what that has for a
 * terminal when it runs in one. Resolves when the client has gone; a scenario that crashes ends the process with
 * its exit code.
 */
export const runMockAgent = async ({ scenario, speed }: MockWish = {}): Promise<void> => {
  const known = readMockSettings(process.env);
  const settings = {
    ...known,
    speed: speed ?? known.speed,
    ...(scenario === undefined ? {} : { scenario, scenarioFor: () => scenario }),
  };
  if (settings.inTerminal) return playInTerminal(settings, process.env.AH_MOCK_PROMPT ?? '');
  await serveMockAgent(settings, {
    input: process.stdin,
    output: process.stdout,
    note: (line) => void process.stderr.write(`${line}\n`),
    crash: endProcess,
    hang: hangForEver,
    stateDirectory: stateDirectory(process.env),
    now: () => systemClock.now(),
  });
};

/** What is played where the environment says nothing of it. */
interface MockWish {
  readonly scenario?: Scenario | undefined;
  readonly speed?: number | undefined;
}

/** Hears no signal that can be unheard, and is there until it is killed. */
const hangForEver = (): Promise<never> => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  systemClock.schedule(2 ** 31 - 1, () => {});
  process.stderr.write('The agent hears nothing any more.\n');
  return new Promise(() => {});
};

/** Where its conversations are kept: below the state of the user it runs as, which in a session is a home of its own. */
const stateDirectory = ({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv): string =>
  join(state ? state : join(homedir(), '.local', 'state'), 'agent-harbor-mock', 'sessions');

/** A signal that does not end the process at once leaves its work to the code. */
const endProcess = async (code: number, signal?: string): Promise<never> => {
  try {
    if (signal !== undefined) process.kill(process.pid, signal);
    await sleep(systemClock, signal === undefined ? 0 : 100);
  } catch {
    // This host has no such signal.
  }
  return process.exit(code);
};

/** Whether this file itself was started. In a bundle it is part of another file, which decides what to run. */
const isProgram = (): boolean => {
  const [, started] = process.argv;
  const file = import.meta.filename;
  return /[\\/]mock[\\/]main\.[jt]s$/.test(file) && started !== undefined && realpathSync(started) === file;
};

if (isProgram()) {
  await runMockAgent().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(`The mock agent cannot play: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(2);
    },
  );
}
