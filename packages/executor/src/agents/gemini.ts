import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import type { AgentAdapter } from './adapter.ts';
import { vendorAdapter } from './vendor.ts';

export const gemini: AgentAdapter<'gemini'> = vendorAdapter<'gemini', AgentSettings['gemini']>({
  type: 'gemini',
  displayName: 'Gemini CLI',
  description: 'The coding agent of Google, which speaks the Agent Client Protocol itself.',
  programs: [['gemini', '--acp']],
  install: 'Install it with: npm install -g @google/gemini-cli',
  capabilities: ['load'],
  credentials: {
    variables: { GEMINI_API_KEY: 'gemini-api-key', GOOGLE_API_KEY: 'vertex-ai' },
    beside: [
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_VERTEX_BASE_URL',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_GENAI_USE_VERTEXAI',
    ],
    files: ['.gemini/oauth_creds.json', '.gemini/google_accounts.json'],
    signIn: 'Start gemini once and sign in. Or set GEMINI_API_KEY for the server.',
  },
  environment: ({ settings: { modelUrl }, model }) => ({
    GEMINI_TELEMETRY_ENABLED: 'false',
    ...(model === undefined ? {} : { GEMINI_MODEL: model }),
    ...(modelUrl === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: modelUrl }),
  }),
});
