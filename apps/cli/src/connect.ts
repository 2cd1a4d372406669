import type { HarborClient } from '@agent-harbor/rest-client';
import type { Settings } from './settings/read-settings.ts';

export interface ConnectOptions {
  readonly attempts?: number | undefined;
  /** The place of this command in a trace, which its requests belong to. */
  readonly traceparent?: string | undefined;
}

/**
 * Connects with the credential of the settings. Answers and events are held against the contract, as they come from
 * another program. The SDK is loaded here: `ah --help` does without.
 */
export const connectTo = async (
  base: string,
  { apiKey, stateDir }: Pick<Settings, 'apiKey' | 'stateDir'>,
  // A person waits: say early that nobody answers.
  { attempts = 3, traceparent = '' }: ConnectOptions = {},
): Promise<HarborClient> => {
  const [{ connect }, { contractReader }] = await Promise.all([
    import('@agent-harbor/rest-client/node'),
    import('@agent-harbor/rest-client/validation'),
  ]);
  // What is no place in a trace might be no header either.
  const headers = /^[\da-f-]{55}$/.test(traceparent) ? () => ({ traceparent }) : undefined;
  return connect({ base, apiKey, stateDir, attempts, headers, reader: contractReader });
};
