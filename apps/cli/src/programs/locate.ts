import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromSource } from './from-source.ts';

/** How the programs beside `ah` are started: a program and its first arguments. */
export interface ProgramCommands {
  readonly recorderCommand: string[];
  readonly forkServerCommand: string[];
  readonly mockAgentCommand: string[];
}

/** From the bundle they are started as bundled, from the sources as sources. */
export const programCommands = (): ProgramCommands => ({
  recorderCommand: commandOf('recorder'),
  forkServerCommand: commandOf('fork-server', () =>
    import.meta.resolve('@agent-harbor/executor/fork-server'),
  ),
  mockAgentCommand: commandOf('mock-agent'),
});

const commandOf = (
  name: 'recorder' | 'fork-server' | 'mock-agent',
  source = () => new URL(`./${name}.ts`, import.meta.url).href,
): string[] => {
  // In the bundle all code lies beside the programs, wherever the code that says this ends up.
  const bundled = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  return fromSource(fileURLToPath(source()));
};
