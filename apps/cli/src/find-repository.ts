import { resolve } from 'node:path';
import type { Repository } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import type { HarborClient } from '@agent-harbor/rest-client';
import { Failure } from './failure.ts';

/** How many repositories are looked through for a name, the last used first. */
const searched = 2000;

/**
 * The repository a person names: by its id or the beginning of it, its name or the end of that (`shop` of `acme/shop`),
 * its url, a path on this machine, or `latest`. What fits whole goes before what fits in part.
 */
export const findRepository = async (
  { catalogue }: Pick<HarborClient, 'catalogue'>,
  name: string,
  cwd: string,
): Promise<Repository> => {
  if (/^repo-[0-9a-f]{20}$/.test(name)) return catalogue.repository(name);
  const path = resolve(cwd, name);
  const fits: readonly ((repository: Repository) => boolean)[] = [
    ({ id, displayName, remoteUrl }) => [id, displayName, remoteUrl].includes(name) || remoteUrl === path,
    ({ id, displayName }) => displayName.endsWith(`/${name}`) || (name.length > 5 && id.startsWith(name)),
  ];
  const found: [whole: Repository[], part: Repository[]] = [[], []];
  let cursor: string | undefined;
  for (let seen = 0; seen < searched; ) {
    const page = await catalogue.repositories({ perPage: 200, cursor });
    if (name === 'latest' && page.items[0] !== undefined) return page.items[0];
    for (const repository of page.items) {
      const place = fits.findIndex((fit) => fit(repository));
      if (place >= 0) found[place === 0 ? 0 : 1].push(repository);
    }
    seen += page.items.length;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const [only, another] = found[0].length > 0 ? found[0] : found[1];
  if (only === undefined) {
    throw new Problem('repository-not-found', {
      detail: `The server knows no repository ${name}; \`ah repo list\` shows them, \`ah repo add\` adds one.`,
    });
  }
  if (another === undefined) return only;
  throw new Failure('validation', {
    happened: `More than one repository is named ${name}`,
    detail: [only, another]
      .map(({ id, displayName, remoteUrl }) => `${id}  ${displayName}  ${remoteUrl}`)
      .join('\n'),
    remedy: 'Name one by its id.',
  });
};
