import {
  BranchQuery,
  countedRows,
  GitRefQuery,
  ImportRepository,
  type Repository,
  RepositoryFileQuery,
  RepoUrl,
} from '@agent-harbor/api-contract/schemas';
import { type Clock, timestamp } from '../clock.ts';
import type { Executor } from '../executor/executor.ts';
import type { FilePlace } from '../executor/repositories.ts';
import type { LocalCatalogue } from '../harbor.ts';
import type { Log } from '../log.ts';
import { decodeCursor, encodeCursor } from '../page.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { dropForgotten } from './drop-forgotten.ts';
import { findNames } from './find-names.ts';
import type { RefCache } from './ref-cache.ts';
import { carriesCredential, repositoryOf, withoutPassword } from './repository.ts';

interface RepositoryParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly refs: RefCache;
  readonly log: Log;
}

type RepositoryShelf = Pick<
  LocalCatalogue,
  'repository' | 'importRepository' | 'removeRepository' | 'branches' | 'repositoryFiles' | 'gitRefs'
>;

/** The part of the catalogue that tells of single repositories. */
export const createRepositoryShelf = (
  { store, executor, clock, refs, log }: RepositoryParts,
  scope: Scope,
): RepositoryShelf => {
  const find = async (repositoryId: string, signal: AbortSignal | undefined): Promise<Repository> => {
    throwIfAborted(signal);
    const found = await store.repository(scope, repositoryId);
    if (found !== undefined) return found;
    throw new Problem('repository-not-found', { detail: `There is no repository ${repositoryId}.` });
  };

  return {
    repository: (repositoryId, options) => find(repositoryId, options?.signal),

    async importRepository(input, options) {
      throwIfAborted(options?.signal);
      const { url, displayName, projectId, ...wish } = parse(ImportRepository, input);
      if (carriesCredential(url)) {
        throw fieldProblem(
          'url',
          'must not carry a user or password, which are not kept: give the host a git credential for it',
        );
      }
      const tenantId = scope.tenantId ?? wish.tenantId;
      const { head } = (await aboutUrl(refs.get(url, { refresh: true, signal: options?.signal }))).refs;
      const now = clock.now();
      const made = repositoryOf(url, tenantId, head?.branch ?? null, now);
      const known = await store.repository({ tenantId: tenantId ?? null }, made.id);
      const repository: Repository = {
        ...made,
        displayName: displayName ?? known?.displayName ?? made.displayName,
        // To be imported is not to be used: what is known keeps its place.
        lastUsedAt: known?.lastUsedAt ?? timestamp(now),
      };
      await store.commit([
        { kind: 'repository-used', repository, tenantId, projectId },
        ...(projectId === undefined
          ? []
          : ([{ kind: 'project-used', id: projectId, tenantId, at: now }] as const)),
        ...(options?.alongside?.(repository) ?? []),
      ]);
      return repository;
    },

    async removeRepository(repositoryId, options) {
      const { id, remoteUrl } = await find(repositoryId, options?.signal);
      const tenantId = scope.tenantId ?? undefined;
      await store.commit([{ kind: 'repository-removed', id, tenantId }], { isUrgent: true });
      refs.forget(remoteUrl);
      // It is forgotten all the same; what is left then takes room, and nothing else.
      await dropForgotten({ store, executor }, remoteUrl).catch((error: unknown) => {
        log.warn('What was kept of a forgotten repository is still there', { repositoryId: id, error });
      });
    },

    async branches(repositoryId, query = {}, options) {
      const wish = parse(BranchQuery, query);
      const { remoteUrl } = await find(repositoryId, options?.signal);
      const asked = { refresh: wish.refresh === 'true', signal: options?.signal };
      const { refs: found, fetchedAt } = await refs.get(remoteUrl, asked);
      const standing = found.head?.branch;
      const fitting = findNames(found.branches, wish.query, ({ name }) => name === standing);
      return {
        items: fitting
          .slice(0, wish.limit)
          .map(({ name, commit }) => ({ name, isDefault: name === standing, lastCommit: commit })),
        total: fitting.length,
        fetchedAt: timestamp(fetchedAt),
      };
    },

    async repositoryFiles(repositoryId, query = {}, options) {
      const { cursor, perPage, ...filter } = parse(RepositoryFileQuery, query);
      const { id, remoteUrl } = await find(repositoryId, options?.signal);
      const list = `files of ${id}`;
      const after = cursor === undefined ? undefined : placeIn(list, cursor);
      const wish = { ...filter, limit: perPage, after };
      const { commit, items, next, total } = await executor.trackedFiles(remoteUrl, wish, options?.signal);
      const isCapped = total !== null && total > countedRows;
      const told = isCapped ? null : total;
      return {
        commit,
        items: [...items],
        total: told,
        ...(isCapped ? { totalIsCapped: true } : {}),
        nextPage: null,
        nextCursor: next === null || commit === null ? null : encodeCursor(list, [commit, next]),
        pagination: {
          page: null,
          perPage,
          total: told,
          totalPages: told === null ? null : Math.ceil(told / perPage),
        },
      };
    },

    async gitRefs(query, options) {
      throwIfAborted(options?.signal);
      const { url: wanted, kind, ...wish } = parse(GitRefQuery, query);
      const url = parse(RepoUrl, wanted, 'url');
      const asked = { refresh: wish.refresh === 'true', signal: options?.signal };
      const { refs: found, fetchedAt } = await aboutUrl(refs.get(url, asked));
      const standing = found.head?.branch ?? null;
      const all = [
        ...(kind === 'tag' ? [] : found.branches.map((named) => ({ ...named, kind: 'branch' as const }))),
        ...(kind === 'branch' ? [] : found.tags.map((named) => ({ ...named, kind: 'tag' as const }))),
      ];
      const isDefault = (ref: { readonly name: string; readonly kind: 'branch' | 'tag' }) =>
        ref.kind === 'branch' && ref.name === standing;
      const fitting = findNames(all, wish.query, isDefault);
      return {
        url: withoutPassword(url),
        defaultBranch: standing,
        items: fitting.slice(0, wish.limit).map((ref) => ({ ...ref, isDefault: isDefault(ref) })),
        total: fitting.length,
        fetchedAt: timestamp(fetchedAt),
      };
    },
  };
};

/** Where a cursor says that a walk goes on. */
const placeIn = (list: string, cursor: string): FilePlace => {
  const [commit, offset] = decodeCursor(list, 2, cursor);
  if (
    typeof commit === 'string' &&
    typeof offset === 'number' &&
    Number.isSafeInteger(offset) &&
    offset >= 0
  ) {
    return { commit, offset };
  }
  throw fieldProblem('cursor', 'is not a cursor of this list; take nextCursor of the page before');
};

/** An answer about a url of the request itself: what is wrong with it is wrong with `url`, not with a task's `repo.url`. */
const aboutUrl = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((error: unknown) => {
    const said = error instanceof Problem ? error.errors?.['repo.url'] : undefined;
    if (!(error instanceof Problem) || said === undefined) throw error;
    const detail = error.detail?.replace(/^repo\.url/, 'url');
    throw new Problem(error.code, { detail, errors: { url: said }, cause: error });
  });
