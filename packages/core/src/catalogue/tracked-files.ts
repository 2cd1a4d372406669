import type { RepositoryFile, RepositoryFileQuery } from '@agent-harbor/api-contract/schemas';
import type { CallOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';
import type { Catalogue } from './catalogue.ts';

/**
 * Every file git tracks in a repository, a page at a time: nobody holds them all, and who stops asks for no more. They are
 * all of the commit the walk began with.
 */
export async function* trackedFiles(
  catalogue: Pick<Catalogue, 'repositoryFiles'>,
  repositoryId: string,
  query: Omit<Query<RepositoryFileQuery>, 'cursor'> = {},
  options?: CallOptions,
): AsyncGenerator<RepositoryFile, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await catalogue.repositoryFiles(repositoryId, { ...query, cursor }, options);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
