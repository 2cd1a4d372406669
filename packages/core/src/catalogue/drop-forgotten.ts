import type { Executor } from '../executor/executor.ts';
import { wholeHost } from '../scope.ts';
import type { SessionRecord } from '../session/record.ts';
import type { SessionFilter, Store } from '../store/store.ts';
import { repositoryOf, withoutPassword } from './repository.ts';

interface Parts {
  readonly store: Store;
  readonly executor: Executor;
}

/**
 * Has the host drop what it keeps of a repository that nobody knows any more, unless a session has yet to be made from it:
 * its end is when this is asked again.
 */
export const dropForgotten = async ({ store, executor }: Parts, url: string): Promise<void> => {
  const remoteUrl = withoutPassword(url);
  const named = await store.repositories(wholeHost, { q: remoteUrl }, { perPage: 200 });
  // What stands in so many urls is not looked through: somebody may know it.
  if (named.nextCursor !== null || named.items.some((each) => each.remoteUrl === remoteUrl)) return;
  const filter: SessionFilter = { repo: remoteUrl, status: ['queued', 'provisioning'] };
  const { items } = await store.sessions(wholeHost, filter, '-createdAt', { perPage: 1 });
  if (items.length === 0) await executor.forgetRepository(remoteUrl);
};

/** The same at the end of a session, whose repository is known nearly always: then that is all that is looked up. */
export const dropForgottenOf = async (
  parts: Parts,
  { repo, tenantId }: Pick<SessionRecord, 'repo' | 'tenantId'>,
): Promise<void> => {
  if (repo.url === undefined) return;
  const { id } = repositoryOf(repo.url, tenantId, null, 0);
  if ((await parts.store.repository({ tenantId: tenantId ?? null }, id)) !== undefined) return;
  await dropForgotten(parts, repo.url);
};
