import { AgentChoice } from '@agent-harbor/api-contract/schemas';
import { type Command, InvalidArgumentError } from 'commander';

/**
 * Declares `--agent`, which may be repeated, and the flags that belong to the agent before them. The value of `agent`
 * is the list of choices.
 */
export const withAgents = (command: Command): Command => {
  const agents: Record<string, unknown>[] = [];
  const last = (flag: string): Record<string, unknown> => {
    const agent = agents.at(-1);
    if (agent === undefined)
      throw new InvalidArgumentError(`${flag} belongs to an agent: put it after --agent.`);
    return agent;
  };
  return command
    .option(
      '--agent <type[@version]>',
      'an agent to run; may be repeated (`ah remote agents` lists them)',
      (value) => {
        const [type, ...version] = value.split('@');
        agents.push({ type, ...(version.length === 0 ? {} : { version: version.join('@') }) });
        return agents;
      },
    )
    .option('--model <model>', 'the model of the agent before it', (value) => {
      last('--model').model = value;
      return value;
    })
    .option('--instances <number>', 'how many sessions of the agent before it', (value) => {
      last('--instances').count = Number(value);
      return value;
    })
    .option(
      '--setting <name=value>',
      'a setting of the agent before it, its value as JSON or text',
      (value) => {
        const agent = last('--setting');
        agent.settings = { ...settingsOf(agent.settings), ...parseSetting(value) };
        return value;
      },
    );
};

/** What `--agent` and its companions gave. */
export const Agents = AgentChoice.array();

const settingsOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

const parseSetting = (text: string): Record<string, unknown> => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('A setting is written name=value.');
  const value = text.slice(at + 1);
  try {
    return { [text.slice(0, at)]: JSON.parse(value) };
  } catch {
    return { [text.slice(0, at)]: value };
  }
};
