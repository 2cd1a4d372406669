import { type AgentAdapter, blocksOf } from './adapter.ts';

export const acp: AgentAdapter<'acp'> = {
  displayName: 'Agent Client Protocol',
  description: 'Any program that speaks the Agent Client Protocol on its standard streams.',
  versions: ['latest'],
  protocol: 'acp',
  plan: ({ settings, prompt, model }) => ({
    argv: settings.command,
    env: {},
    prompt: blocksOf(prompt),
    acp: { model, mode: settings.permissionMode },
  }),
};
