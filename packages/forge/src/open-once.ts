import { Problem, type PullRequest, type PullRequestWish } from '@agent-harbor/core';

/** How a forge finds a pull request, and makes one. */
interface Doors {
  /** The open one of these branches. */
  find(wish: PullRequestWish, signal: AbortSignal | undefined): Promise<PullRequest | undefined>;
  make(wish: PullRequestWish, signal: AbortSignal | undefined): Promise<PullRequest>;
}

/** Gives the pull request that is there, or makes it: asked again, also after an answer got lost, there is one. */
export const openOnce =
  ({ find, make }: Doors) =>
  async (wish: PullRequestWish, signal?: AbortSignal): Promise<PullRequest> => {
    const known = await find(wish, signal);
    if (known !== undefined) return known;
    try {
      return await make(wish, signal);
    } catch (error) {
      // Somebody else was faster, or it was made by a call whose answer got lost.
      if (!(error instanceof Problem) || error.code !== 'delivery-refused') throw error;
      const found = await find(wish, signal);
      if (found === undefined) throw error;
      return found;
    }
  };
