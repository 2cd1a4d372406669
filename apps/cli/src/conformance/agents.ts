import { AgentChoice } from '@agent-harbor/api-contract/schemas';
import type { Behaviour, NamedAgents } from '@agent-harbor/conformance';
import { usageFailure } from '../failure.ts';

/** What the checks need agents for, and what each must do. */
export const behaviours: Readonly<Record<Behaviour, string>> = {
  edits: 'thinks, uses a tool, changes two text files or more, ends well',
  waits: 'says something and works until it is stopped',
  fails: 'says something and exits with code 3',
  asks: 'asks for leave twice, for the tools install and remove, and ends well',
  types: 'runs in a terminal, shows ready, tells its size at the line size and ends at the line bye',
  offers: 'has the models small and large, uses small where no other is asked for, ends well',
};

/** Agents as they are named on the command line: `edits={"type":…}`. */
export const readAgents = (flags: readonly string[]): NamedAgents =>
  Object.fromEntries(
    flags.map((flag) => {
      const [, behaviour = '', json = ''] = /^(\w+)=(.+)$/s.exec(flag) ?? [];
      const agent = AgentChoice.safeParse(parseJson(json));
      if (Object.hasOwn(behaviours, behaviour) && agent.success) return [behaviour, agent.data];
      const words = Object.keys(behaviours).join(', ');
      throw usageFailure(
        `--agent: must be one of ${words}, "=" and an agent of a task as JSON, not ${flag.slice(0, 100)}`,
      );
    }),
  );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
