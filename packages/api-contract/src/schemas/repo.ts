import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { Timestamp, text } from './primitives.ts';

/**
 * Whether git may be given this as a source: an absolute path, a `file:`, `ssh:`, `https:` or `http:` url, or the
 * `user@host:path` short form. Anything else (`ext::`, `fd::`, a leading dash) could make git run a program.
 */
export const isRepoUrl = (url: string): boolean =>
  /^(?:\/|[A-Za-z]:[\\/])[^\u0000]*$/u.test(url) ||
  /^file:\/\/\/[^\u0000]*$/u.test(url) ||
  /^(?:https?|ssh):\/\/(?!-)[^\s\u0000/-][^\s\u0000]*$/u.test(url) ||
  /^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?!-)[^\s\u0000]+$/u.test(url);

/** Whether git accepts this as the name below `refs/heads/` (git-check-ref-format(1)); a leading dash is allowed. */
export const isBranchName = (name: string): boolean =>
  name.length > 0 &&
  !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$/u.test(name) &&
  name !== '@' &&
  name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));

export const RepoUrl = text(1, 4096).refine(isRepoUrl, {
  message: 'must be an absolute path, a file:, ssh: or https: url, or user@host:path',
});

export const BranchName = text(1, 255).refine(isBranchName, { message: 'must be a valid git branch name' });

const CommitId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a full commit id');

/** Where the work starts. `branch` is the branch to start from (default: the repository's own), `commit` pins it. */
export const RepoInput = z
  .object({
    mode: z.enum(['git', 'none']),
    url: RepoUrl.optional(),
    branch: BranchName.optional(),
    commit: CommitId.nullable().optional(),
  })
  .strict()
  .superRefine((repo, context) => {
    if (repo.mode === 'git' && repo.url === undefined) {
      context.addIssue({ code: 'custom', path: ['url'], message: 'is required when mode is git' });
    }
    if (repo.mode === 'none' && (repo.url ?? repo.branch ?? repo.commit) != null) {
      context.addIssue({
        code: 'custom',
        path: ['mode'],
        message: 'must be git when url, branch or commit is given',
      });
    }
  });
export type RepoInput = z.infer<typeof RepoInput>;

/** The repository of a session, as asked; `commit` is the base once it is known. */
export const Repo = z.object({
  mode: z.enum(['git', 'none']),
  url: z.string().optional(),
  branch: z.string().optional(),
  commit: z.string().nullable().optional(),
});
export type Repo = z.infer<typeof Repo>;

/** A repository the server knows from tasks. */
export const Repository = z.object({
  id: z.string(),
  displayName: z.string(),
  scmProvider: z.enum(['git', 'github', 'gitlab', 'local']),
  remoteUrl: z.string(),
  defaultBranch: z.string().nullable(),
  lastUsedAt: Timestamp,
});
export type Repository = z.infer<typeof Repository>;

export const RepositoryPage = pageOf(Repository);

/** Repositories, last used first. */
export const RepositoryQuery = z.object(pageQuery(20)).strict();
export type RepositoryQuery = z.infer<typeof RepositoryQuery>;

export const Branch = z.object({
  name: z.string(),
  isDefault: z.boolean(),
  lastCommit: z.string(),
});
export type Branch = z.infer<typeof Branch>;

export const BranchList = z.object({ items: z.array(Branch) });
