import { wholeHost } from '@agent-harbor/core';
import { type Credentials, createKeyCredentials, digestKey } from '@agent-harbor/rest-api';
import type { ServerConfig } from './config.ts';

/** Who may call: the holder of the host's key, and of the configured one. Null with `noAuth`. */
export const credentialsOf = async (
  { noAuth, apiKey }: Pick<ServerConfig, 'noAuth' | 'apiKey'>,
  hostKey: string,
): Promise<Credentials | null> => {
  if (noAuth) return null;
  const keys = [
    { id: 'host-key', key: hostKey },
    ...(apiKey === undefined ? [] : [{ id: 'configured-key', key: apiKey }]),
  ];
  return createKeyCredentials(
    await Promise.all(
      keys.map(async ({ id, key }) => ({
        digest: await digestKey(key),
        caller: { id, role: 'admin', scope: wholeHost } as const,
      })),
    ),
  );
};
