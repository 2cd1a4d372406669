import {
  type AgentSettings,
  type AgentType,
  agentSettings,
  type Prompt,
} from '@agent-harbor/api-contract/schemas';
import { invalid } from '@agent-harbor/core';
import type { z } from 'zod';
import type { AgentHost, PlannedProgram } from './adapter.ts';
import { withLent } from './lend.ts';
import { agents } from './registry.ts';

const schemas: { readonly [Type in AgentType]: z.ZodType<AgentSettings[Type]> } = agentSettings;

/** The program of an agent as a task asks for it. Problems name the member below `path`, or the prompt. */
export const planProgram = <Type extends AgentType>(
  type: Type,
  settings: unknown,
  path: string,
  prompt: Prompt,
  host: AgentHost,
  model?: string,
): PlannedProgram => {
  const settingsPath = `${path}.settings`;
  const parsed = schemas[type].safeParse(settings);
  if (!parsed.success) throw invalid(parsed.error.issues, settingsPath);
  const program = agents[type].plan({ settings: parsed.data, settingsPath, prompt, model, host });
  return withLent(program, host.agentLends?.[type], host);
};
