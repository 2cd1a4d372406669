import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const opencode: AgentAdapter<'opencode'> = vendorAdapter<'opencode', AgentSettings['opencode']>({
  type: 'opencode',
  displayName: 'opencode',
  description: 'The open coding agent for many models, which speaks the Agent Client Protocol itself.',
  programs: [['opencode', 'acp']],
  install: 'Install it with: npm install -g opencode-ai',
  capabilities: ['load', 'resume', 'list'],
  credentials: {
    variables: {
      OPENCODE_API_KEY: undefined,
      ANTHROPIC_API_KEY: undefined,
      OPENAI_API_KEY: undefined,
      GEMINI_API_KEY: undefined,
      OPENROUTER_API_KEY: undefined,
    },
    files: ['.local/share/opencode/auth.json'],
    signIn:
      'Sign in with: opencode auth login. Or set the key of a provider, such as ANTHROPIC_API_KEY, for the server.',
  },
  environment: ({ settings: { modelUrl, provider }, model }) => {
    const name = provider ?? model?.split('/')[0] ?? 'anthropic';
    const config = {
      autoupdate: false,
      share: 'disabled',
      ...(model === undefined ? {} : { model }),
      ...(modelUrl === undefined ? {} : { provider: { [name]: { options: { baseURL: modelUrl } } } }),
    };
    return { OPENCODE_CONFIG_CONTENT: JSON.stringify(config), OPENCODE_DISABLE_AUTOUPDATE: 'true' };
  },
});
