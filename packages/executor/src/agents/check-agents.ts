import type { AgentChoice, CreateTask } from '@agent-harbor/api-contract/schemas';
import { terminalOf } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { canFindProgram } from '../process/find-program.ts';
import type { AgentHost } from './adapter.ts';
import { planProgram } from './plan-program.ts';
import { agents } from './registry.ts';

/** Refuses agents this host cannot run: bad settings, an unknown version, a program that is not there. */
export const checkAgents = (request: CreateTask, host: AgentHost): void => {
  for (const [path, choice] of choicesIn(request)) checkAgent(path, choice, request, host);
};

/** Refuses agents that are to run in a terminal where there are none; `trouble` says why. */
export const checkTerminals = async (
  request: CreateTask,
  trouble: () => Promise<string | undefined>,
): Promise<void> => {
  const wish = choicesIn(request).find(([, { settings = {} }]) => terminalOf(settings) !== undefined);
  const reason = wish === undefined ? undefined : await trouble();
  if (wish === undefined || reason === undefined) return;
  throw cannot(`${wish[0]}.settings.terminal`, `No program can be run in a terminal on this host: ${reason}`);
};

const choicesIn = (request: CreateTask): readonly (readonly [string, AgentChoice])[] =>
  request.agent === undefined
    ? (request.agents ?? []).map((choice, index) => [`agents.${index}`, choice])
    : [['agent', request.agent]];

const checkAgent = (
  path: string,
  { type, version, settings = {}, model }: AgentChoice,
  { prompt }: CreateTask,
  host: AgentHost,
): void => {
  const { environment = {} } = host;
  const { versions } = agents[type];
  if (version !== undefined && !versions.includes(version)) {
    throw cannot(`${path}.version`, `This host has ${type} in ${versions.join(', ')}, not ${version}.`);
  }
  const [program = ''] = planProgram(type, settings, path, prompt, host, model).argv;
  if (!canFindProgram(program, environment.PATH ?? '', environment.PATHEXT)) {
    // Where the agent's settings name no program, its type does.
    const field = 'command' in settings ? `${path}.settings.command.0` : `${path}.type`;
    throw cannot(field, `There is no program ${JSON.stringify(program)} on this host's PATH.`);
  }
};

const cannot = (field: string, detail: string): Problem =>
  new Problem('unsupported-choice', { detail, errors: { [field]: [detail] } });
