import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const goose: AgentAdapter<'goose'> = vendorAdapter<'goose', AgentSettings['goose']>({
  type: 'goose',
  displayName: 'Goose',
  description: 'The open agent of Block for many models, which speaks the Agent Client Protocol itself.',
  programs: [['goose', 'acp']],
  install: 'Install it as https://block.github.io/goose/docs/getting-started/installation says.',
  capabilities: ['load', 'list'],
  credentials: {
    variables: {
      ANTHROPIC_API_KEY: undefined,
      OPENAI_API_KEY: undefined,
      GOOGLE_API_KEY: undefined,
      OPENROUTER_API_KEY: undefined,
    },
    beside: ['GOOSE_PROVIDER', 'GOOSE_MODEL', 'ANTHROPIC_HOST', 'OPENAI_HOST', 'OPENAI_BASE_PATH'],
    files: ['.config/goose/config.yaml', '.config/goose/secrets.yaml'],
    signIn:
      'Run goose configure. Or set GOOSE_PROVIDER, GOOSE_MODEL and the key of the provider for the server.',
  },
  isModelByVariable: true,
  environment: ({ settings: { modelUrl, provider }, model }) => ({
    GOOSE_DISABLE_KEYRING: '1',
    ...(provider === undefined ? {} : { GOOSE_PROVIDER: provider }),
    ...(model === undefined ? {} : { GOOSE_MODEL: model }),
    ...(modelUrl === undefined ? {} : { ANTHROPIC_HOST: modelUrl, OPENAI_HOST: modelUrl }),
  }),
});
