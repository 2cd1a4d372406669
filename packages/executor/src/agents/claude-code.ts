import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

/** An adapter of its own starts it: `claude` itself does not speak the protocol. */
export const claudeCode: AgentAdapter<'claude-code'> = vendorAdapter<
  'claude-code',
  AgentSettings['claude-code']
>({
  type: 'claude-code',
  displayName: 'Claude Code',
  description: 'The coding agent of Anthropic, by its adapter for the Agent Client Protocol.',
  programs: [['claude-agent-acp'], ['claude-code-acp']],
  install: 'Install it with: npm install -g @agentclientprotocol/claude-agent-acp',
  capabilities: ['load', 'resume', 'list'],
  credentials: {
    variables: {
      ANTHROPIC_API_KEY: undefined,
      ANTHROPIC_AUTH_TOKEN: undefined,
      CLAUDE_CODE_OAUTH_TOKEN: undefined,
    },
    beside: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_CUSTOM_HEADERS'],
    files: ['.claude/.credentials.json'],
    signIn: 'Sign in with: claude /login. Or set ANTHROPIC_API_KEY for the server.',
  },
  environment: ({ settings: { modelUrl }, model }) => ({
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...(model === undefined ? {} : { ANTHROPIC_MODEL: model }),
    ...(modelUrl === undefined ? {} : { ANTHROPIC_BASE_URL: modelUrl }),
  }),
});
