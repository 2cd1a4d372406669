import type { HarborClient } from '@agent-harbor/rest-client';
import type { Settings } from './settings/resolve.ts';

/** Connects with the credential of the settings. The SDK is loaded here: `ah --help` does without. */
export const connectTo = async (
  base: string,
  settings: Pick<Settings, 'apiKey' | 'stateDir'>,
): Promise<HarborClient> => {
  const { connect } = await import('@agent-harbor/rest-client/node');
  // A person waits: say early that nobody answers.
  return connect({ base, apiKey: settings.apiKey, stateDir: settings.stateDir, attempts: 3 });
};
