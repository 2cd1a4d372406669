import type { HarborClient } from '@agent-harbor/rest-client';
import type { Settings } from './settings/read-settings.ts';

/**
 * Connects with the credential of the settings. Answers and events are held against the contract, as they come from
 * another program. The SDK is loaded here: `ah --help` does without.
 */
export const connectTo = async (
  base: string,
  { apiKey, stateDir }: Pick<Settings, 'apiKey' | 'stateDir'>,
  // A person waits: say early that nobody answers.
  { attempts = 3 }: { readonly attempts?: number | undefined } = {},
): Promise<HarborClient> => {
  const [{ connect }, { contractReader }] = await Promise.all([
    import('@agent-harbor/rest-client/node'),
    import('@agent-harbor/rest-client/validation'),
  ]);
  return connect({ base, apiKey, stateDir, attempts, reader: contractReader });
};
