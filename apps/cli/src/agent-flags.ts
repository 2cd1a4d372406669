import { AgentChoice, agentSettings } from '@agent-harbor/api-contract/schemas';
import { type Command, InvalidArgumentError } from 'commander';
import { usageFailure } from './failure.ts';

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
    .usage('[options] [-- <program> [arguments…]]')
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

/** What `withAgents` needs to say in the help of a command. */
export const agentHelp = `--model, --instances and --setting belong to the --agent before them. What stands behind -- is the program of the last
agent and its arguments, short for --setting command='[…]'; for the type command, {prompt} in them stands for the
prompt.`;

/** What `--agent` and its companions gave. */
export const Agents = AgentChoice.array();

/** The agents, the last one with the program that stands behind `--`. */
export const withProgram = (agents: readonly AgentChoice[], argv: readonly string[]): AgentChoice[] => {
  if (argv.length === 0) return [...agents];
  const last = agents.at(-1);
  if (last === undefined || !takesCommand(last.type)) {
    throw usageFailure(
      `What stands behind -- (${argv[0]} …) is the program of an agent, and there is none before it that takes one.`,
      'Put --agent acp or command before it, or another agent whose program it is.',
    );
  }
  if (last.settings !== undefined && 'command' in last.settings) {
    throw usageFailure('The agent has two programs.', 'Give it by --setting command=… or behind --.');
  }
  return [...agents.slice(0, -1), { ...last, settings: { ...last.settings, command: [...argv] } }];
};

const takesCommand = (type: AgentChoice['type']): boolean => 'command' in agentSettings[type].shape;

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
