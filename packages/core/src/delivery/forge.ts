/** Where repositories live that have pull requests: one repository of one forge, found by its url. */
export interface ForgeRepository {
  /** For people: `acme/site on github.com`. Without any credential. */
  readonly name: string;
  /** Why no pull request can be opened there, with the way out; undefined when nothing is known against it. */
  readonly trouble: string | undefined;
  /**
   * Asks whether the server may open one: rejects with `delivery-failed` (it may not), `delivery-refused` (there is no such
   * target) or `forge-unavailable`, before anything was done. Gives the branch it will be for, the default one if undefined.
   */
  prepare(targetBranch: string | undefined, signal?: AbortSignal): Promise<{ readonly targetBranch: string }>;
  /** Opens one, or finds the open one of these branches: repeating it opens no second one. Rejects as `prepare` does. */
  open(wish: PullRequestWish, signal?: AbortSignal): Promise<PullRequest>;
}

/** What is asked for: `branch` is there and has the work, `targetBranch` is to get it. */
export interface PullRequestWish {
  readonly branch: string;
  readonly targetBranch: string;
  readonly title: string;
  readonly body: string;
}

/** One that is open. */
export interface PullRequest {
  /** Where people look at it. */
  readonly url: string;
  readonly number: number;
}

/** The forges a server knows. */
export interface Forges {
  /** The repository a url names, which may have a user and a password in it; undefined when no forge known has it. */
  of(url: string): ForgeRepository | undefined;
  /** The hosts that are known, for people. */
  readonly hosts: readonly string[];
}

/** No forge at all: nothing can be delivered as a pull request. */
export const noForges: Forges = { of: () => undefined, hosts: [] };
