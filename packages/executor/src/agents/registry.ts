import type { AgentType } from '@agent-harbor/api-contract/schemas';
import { acp } from './acp.ts';
import type { AgentAdapter } from './adapter.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { goose } from './goose.ts';
import { mock } from './mock.ts';
import { opencode } from './opencode.ts';
import { qwen } from './qwen.ts';

/** Every agent type; a new one is one line here. */
export const agents: AgentRegistry = {
  mock,
  acp,
  command,
  'claude-code': claudeCode,
  codex,
  gemini,
  opencode,
  qwen,
  goose,
  copilot,
};

/** One adapter for each member of the contract's enum: a missing one does not compile. */
type AgentRegistry = { readonly [Type in AgentType]: AgentAdapter<Type> };
