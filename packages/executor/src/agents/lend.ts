import type { AgentHost, PlannedProgram } from './adapter.ts';

/** What agents of a type get of the user of this host, by name. */
export interface Lent {
  /** Variables of the environment. */
  readonly variables: readonly string[];
  /** Files below the home directory. */
  readonly files: readonly string[];
}

/** The variables of a list that are set here. */
export const variablesOf = (
  names: readonly string[],
  environment: AgentHost['environment'] = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );

/** A program with what the host lends its type; what the program sets itself wins. */
export const withLent = (program: PlannedProgram, lent: Lent | undefined, host: AgentHost): PlannedProgram =>
  lent === undefined
    ? program
    : {
        ...program,
        env: { ...variablesOf(lent.variables, host.environment), ...program.env },
        credentialFiles: [...new Set([...(program.credentialFiles ?? []), ...lent.files])],
      };
