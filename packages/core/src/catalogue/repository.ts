import type { Repository } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import { digest } from '../digest.ts';

/**
 * The url without a password or token in it: what is stored for reading, shown and logged. Over http a token may stand
 * in the place of the user, so nobody is named there.
 */
export const withoutPassword = (url: string): string =>
  url
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#@:]*):[^/?#]*@/i, '$1$2@');

/** Whether a url has what `withoutPassword` takes out. */
export const carriesCredential = (url: string): boolean => withoutPassword(url) !== url;

/** A repository of the catalogue, from the url of a task. */
export const repositoryOf = (
  url: string,
  tenantId: string | undefined,
  defaultBranch: string | null,
  now: number,
): Repository => {
  const remoteUrl = withoutPassword(url);
  return {
    id: `repo-${digest(JSON.stringify([tenantId ?? null, remoteUrl])).slice(0, 20)}`,
    displayName: displayName(remoteUrl),
    scmProvider: providerOf(remoteUrl),
    remoteUrl,
    defaultBranch,
    lastUsedAt: timestamp(now),
  };
};

const displayName = (url: string): string => {
  const parts = url
    .replace(/[\\/]+$/, '')
    .replace(/\.git$/, '')
    .split(/[\\/:]/)
    .filter((part) => part !== '');
  return parts.slice(-2).join('/');
};

const providerOf = (url: string): Repository['scmProvider'] => {
  if (/^(?:\/|[a-z]:[\\/]|file:)/i.test(url)) return 'local';
  if (/(?:^|[@/.])github\.com[:/]/i.test(url)) return 'github';
  if (/(?:^|[@/.])gitlab\.com[:/]/i.test(url)) return 'gitlab';
  return 'git';
};
