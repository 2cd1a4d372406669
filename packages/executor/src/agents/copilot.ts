import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const copilot: AgentAdapter<'copilot'> = vendorAdapter<'copilot', AgentSettings['copilot']>({
  type: 'copilot',
  displayName: 'GitHub Copilot CLI',
  description: 'The coding agent of GitHub, which speaks the Agent Client Protocol itself.',
  programs: [['copilot', '--acp']],
  install: 'Install it with: npm install -g @github/copilot',
  capabilities: ['load', 'list'],
  credentials: {
    variables: {
      COPILOT_GITHUB_TOKEN: undefined,
      GH_TOKEN: undefined,
      GITHUB_TOKEN: undefined,
      COPILOT_PROVIDER_API_KEY: undefined,
    },
    beside: ['COPILOT_PROVIDER_BASE_URL', 'COPILOT_PROVIDER_TYPE', 'COPILOT_MODEL', 'GH_HOST'],
    files: ['.copilot/config.json'],
    signIn: 'Sign in with: copilot login. Or set COPILOT_GITHUB_TOKEN for the server.',
  },
  isModelByVariable: true,
  environment: ({ settings: { modelUrl }, model }) => ({
    COPILOT_AUTO_UPDATE: 'false',
    ...(model === undefined ? {} : { COPILOT_MODEL: model }),
    ...(modelUrl === undefined ? {} : { COPILOT_PROVIDER_BASE_URL: modelUrl }),
  }),
});
