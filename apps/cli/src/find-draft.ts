import type { Draft } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import type { HarborClient } from '@agent-harbor/rest-client';
import { Failure } from './failure.ts';

/** How many drafts are looked through, the last changed first. */
const searched = 2000;

/** The draft a person names: by its id, with or without `draft-`, the beginning of it, or `latest`. */
export const findDraft = async ({ tasks }: Pick<HarborClient, 'tasks'>, name: string): Promise<Draft> => {
  const wanted = name.replace(/^draft-/i, '').toUpperCase();
  if (/^[0-9A-Z]{26}$/.test(wanted)) return tasks.getDraft(`draft-${wanted}`);
  const found: Draft[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < searched && /^[0-9A-Z]+$/.test(wanted); ) {
    const page = await tasks.listDrafts({ perPage: 200, cursor });
    if (wanted === 'LATEST' && page.items[0] !== undefined) return page.items[0];
    found.push(...page.items.filter(({ id }) => id.startsWith(`draft-${wanted}`)));
    seen += page.items.length;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const [only, another] = found;
  if (only === undefined) {
    throw new Problem('draft-not-found', {
      detail: `There is no draft ${name}; \`ah draft list\` shows them.`,
    });
  }
  if (another === undefined) return only;
  throw new Failure('validation', {
    happened: `More than one draft begins with ${name}`,
    detail: found
      .slice(0, 5)
      .map(({ id, prompt }) => `${id}  ${prompt.split('\n')[0]?.slice(0, 60)}`)
      .join('\n'),
    remedy: 'Type more of the id.',
  });
};
