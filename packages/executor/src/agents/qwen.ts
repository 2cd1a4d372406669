import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const qwen: AgentAdapter<'qwen'> = vendorAdapter<'qwen', AgentSettings['qwen']>({
  type: 'qwen',
  displayName: 'Qwen Code',
  description: 'The coding agent of Qwen, which speaks the Agent Client Protocol itself.',
  programs: [['qwen', '--acp']],
  install: 'Install it with: npm install -g @qwen-code/qwen-code',
  capabilities: ['load', 'resume', 'list'],
  credentials: {
    variables: { OPENAI_API_KEY: 'openai' },
    beside: ['OPENAI_BASE_URL', 'OPENAI_MODEL'],
    files: ['.qwen/oauth_creds.json', '.qwen/settings.json'],
    signIn: 'Start qwen once and sign in. Or set OPENAI_API_KEY and OPENAI_BASE_URL for the server.',
  },
  isModelByVariable: true,
  environment: ({ settings: { modelUrl }, model }) => ({
    ...(model === undefined ? {} : { OPENAI_MODEL: model }),
    ...(modelUrl === undefined ? {} : { OPENAI_BASE_URL: modelUrl }),
  }),
});
