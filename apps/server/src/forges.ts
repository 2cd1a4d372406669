import { readFile } from 'node:fs/promises';
import type { Clock, Forges } from '@agent-harbor/core';
import { createForges, type ForgePlace } from '@agent-harbor/forge';
import type { ForgeConfig } from './forge-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The two everybody knows; the first variable that is set counts. Their tokens are for them alone. */
const known = [
  {
    host: 'github.com',
    kind: 'github',
    apiUrl: 'https://api.github.com',
    variables: ['AH_GITHUB_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'],
  },
  {
    host: 'gitlab.com',
    kind: 'gitlab',
    apiUrl: 'https://gitlab.com/api/v4',
    variables: ['AH_GITLAB_TOKEN', 'GITLAB_TOKEN'],
  },
] as const;

const usualPath = { github: '/api/v3', gitlab: '/api/v4' } as const;

/** The forges of a configuration. What is configured for a host goes before what is known of it. */
export const forgesOf = (
  configured: Readonly<Record<string, ForgeConfig>>,
  clock: Clock,
  environment: Environment,
): Forges => {
  const own = Object.entries(configured).map(
    ([host, { kind, apiUrl, tokenVariable, tokenFile }]): ForgePlace => {
      const variables = tokenVariable === undefined ? [] : [tokenVariable];
      return {
        host,
        kind,
        apiUrl: (apiUrl ?? `https://${host}${usualPath[kind]}`).replace(/\/+$/, ''),
        token: () => (tokenFile === undefined ? fromVariables(environment, variables) : fromFile(tokenFile)),
        tokenSource: tokenFile ?? tokenVariable ?? `tokenVariable or tokenFile of forges.${host}`,
      };
    },
  );
  const usual = known.map(
    ({ variables, ...place }): ForgePlace => ({
      ...place,
      token: () => fromVariables(environment, variables),
      tokenSource: variables[0],
    }),
  );
  return createForges({ places: [...own, ...usual], clock });
};

const fromVariables = async (
  environment: Environment,
  names: readonly string[],
): Promise<string | undefined> =>
  names.map((name) => usable(environment[name])).find((token) => token !== undefined);

/** Read every time: whoever renews the token writes the file anew. */
const fromFile = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(usable, () => undefined);

/** What can stand in a header; anything else is no token. */
const usable = (text: string | undefined): string | undefined => {
  const token = text?.trim() ?? '';
  return /^[\x21-\x7e]{1,4096}$/.test(token) ? token : undefined;
};
