import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const codex: AgentAdapter<'codex'> = vendorAdapter<'codex', AgentSettings['codex']>({
  type: 'codex',
  displayName: 'Codex',
  description: 'The coding agent of OpenAI, by its adapter for the Agent Client Protocol.',
  programs: [['codex-acp']],
  install: 'Install it with: npm install -g @agentclientprotocol/codex-acp',
  capabilities: ['load', 'resume', 'list'],
  credentials: {
    variables: { CODEX_API_KEY: 'api-key', OPENAI_API_KEY: 'api-key' },
    beside: ['OPENAI_BASE_URL', 'OPENAI_ORGANIZATION', 'OPENAI_PROJECT'],
    files: ['.codex/auth.json'],
    signIn: 'Sign in with: codex login. Or set OPENAI_API_KEY for the server.',
  },
  environment: ({ settings: { modelUrl } }) => ({
    NO_BROWSER: '1',
    ...(modelUrl === undefined ? {} : { CODEX_CONFIG: JSON.stringify({ openai_base_url: modelUrl }) }),
  }),
});
