import { promptText, terminalOf } from '@agent-harbor/core';
import { fieldProblem } from '@agent-harbor/core/problem';
import { tailOf } from '../journal/cut.ts';
import { type AgentAdapter, blocksOf } from './adapter.ts';
import { checkScenario } from './mock-scenario.ts';

/** One variable of the environment may not be larger on Linux (`MAX_ARG_STRLEN`, 128 KiB with its name). */
const settingsBytes = 120 * 1024;

const promptBytes = 16 * 1024;

export const mock: AgentAdapter<'mock'> = {
  displayName: 'Mock agent',
  description: 'Plays a scenario: it really edits files and runs commands, and needs no model.',
  versions: ['latest'],
  protocol: 'acp',
  plan({ settings, settingsPath, prompt, model, host }) {
    const json = JSON.stringify(settings);
    if (Buffer.byteLength(json) > settingsBytes) {
      throw fieldProblem(`${settingsPath}.scenario`, 'must be at most 120 KiB');
    }
    checkScenario(settings.scenario, `${settingsPath}.scenario`);
    // In a terminal nobody asks it, and what it offers is asked before it is prompted: what it plays is chosen by this.
    const text = tailOf(promptText(prompt), promptBytes).replaceAll('\0', '');
    const env = {
      AH_MOCK_SETTINGS: json,
      AH_MOCK_PROMPT: text,
      ...(model === undefined ? {} : { AH_MOCK_MODEL: model }),
    };
    if (terminalOf(settings) !== undefined) return { argv: host.mockAgentCommand, env, prompt: [] };
    const acp = { model, mode: settings.permissionMode };
    return { argv: host.mockAgentCommand, env, prompt: blocksOf(prompt), acp };
  },
};
