import { AgentChoice } from '@agent-harbor/api-contract/schemas';
import type { NamedAgents } from '@agent-harbor/conformance';
import { z } from 'zod';
import { usageFailure } from '../failure.ts';

const Behaviour = z.enum(['edits', 'waits', 'fails']);

/** Agents as they are named on the command line: `edits={"type":…}`. */
export const readAgents = (flags: readonly string[]): NamedAgents =>
  Object.fromEntries(
    flags.map((flag) => {
      const [, word, json = ''] = /^(\w+)=(.+)$/s.exec(flag) ?? [];
      const behaviour = Behaviour.safeParse(word);
      const agent = AgentChoice.safeParse(parseJson(json));
      if (behaviour.success && agent.success) return [behaviour.data, agent.data];
      throw usageFailure(
        `--agent: must be edits, waits or fails, "=" and an agent of a task as JSON, not ${flag.slice(0, 100)}`,
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
