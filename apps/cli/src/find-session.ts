import type { Session } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import type { HarborClient } from '@agent-harbor/rest-client';
import { Failure } from './failure.ts';

/** How many sessions are looked through for a name, newest first. */
const searched = 2000;

/**
 * The id of a session named by a person: its id, the beginning of it, `latest`, the branch it delivers to, or that branch
 * behind the name of its repository (`shop/agent/fix`). An id goes before a branch.
 */
export const findSession = async ({ tasks }: HarborClient, name: string): Promise<string> => {
  if (name.toLowerCase() === 'latest') {
    const { items } = await tasks.listSessions({ perPage: 1 });
    if (items[0] !== undefined) return items[0].id;
    throw new Failure('general', {
      happened: 'There is no session yet',
      remedy: 'Launch one: ah task --help',
    });
  }
  if (/^[0-9A-Z]{26}$/i.test(name)) return name.toUpperCase();
  if (name === '') throw unknown(name);
  const prefix = /^[0-9A-Z]{1,25}$/i.test(name) ? name.toUpperCase() : undefined;
  const begun: Session[] = [];
  const named: Session[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < searched; ) {
    const page = await tasks.listSessions({ perPage: 200, archived: 'true', cursor });
    if (prefix !== undefined) begun.push(...page.items.filter(({ id }) => id.startsWith(prefix)));
    named.push(...page.items.filter((session) => branchNames(session).includes(name)));
    seen += page.items.length;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const found = begun.length > 0 ? begun : named;
  const [only, another] = found;
  if (only === undefined) throw unknown(name);
  if (another === undefined) return only.id;
  throw new Failure('validation', {
    happened: `More than one session ${begun.length > 0 ? 'begins with' : 'is named'} ${name}`,
    detail: found
      .slice(0, 5)
      .map(({ id, status, prompt }) => `${id}  ${status}  ${prompt.split('\n')[0]?.slice(0, 60)}`)
      .join('\n'),
    remedy: begun.length > 0 ? 'Type more of the id.' : 'Name one by its id.',
  });
};

/** The branch a session delivers to, alone and behind its repository. */
export const branchNames = ({ delivery, delivered, repo }: Session): readonly string[] => {
  const wished = delivery.mode === 'pr' ? delivery.branch : delivery.targetBranch;
  const branch = delivered?.branch ?? wished;
  if (branch === undefined) return [];
  const place = (repo.url ?? '').split(/[/\\:]/).findLast((part) => part !== '');
  return [branch, ...(place === undefined ? [] : [`${place.replace(/\.git$/, '')}/${branch}`])];
};

const unknown = (name: string): Problem =>
  new Problem('session-not-found', {
    detail: `No session is named ${name}; \`ah session list\` shows them.`,
  });
