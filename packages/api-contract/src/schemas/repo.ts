import { z } from 'zod';
import { pageOf, pageQuery, queryInteger } from './page.ts';
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

/** Where a repository is kept, as far as its address tells. */
export const ScmProvider = z.enum(['git', 'github', 'gitlab', 'local']);
export type ScmProvider = z.infer<typeof ScmProvider>;

/** A repository the server knows, from tasks or because somebody imported it. */
export const Repository = z.object({
  id: z.string(),
  displayName: z.string(),
  scmProvider: ScmProvider,
  /** Where it is, without a user or password. */
  remoteUrl: z.string(),
  defaultBranch: z.string().nullable(),
  lastUsedAt: Timestamp,
});
export type Repository = z.infer<typeof Repository>;

export const RepositoryPage = pageOf(Repository);

/** Repositories, last used first. */
export const RepositoryQuery = z
  .object({
    ...pageQuery(20),
    tenantId: z.string().min(1).max(255).optional().describe('Only those this tenant uses.'),
    projectId: z.string().min(1).max(255).optional().describe('Only those used in this project.'),
    provider: ScmProvider.optional().describe('Only those kept there.'),
    q: z.string().min(1).max(255).optional().describe('Only those with this in their name or url.'),
  })
  .strict();
export type RepositoryQuery = z.infer<typeof RepositoryQuery>;

/** A repository to be known before a task uses it. */
export const ImportRepository = z
  .object({
    url: RepoUrl,
    displayName: text(1, 255).optional(),
    projectId: text(1, 255).optional(),
    tenantId: text(1, 255).optional(),
  })
  .strict();
export type ImportRepository = z.infer<typeof ImportRepository>;

const RefText = z.string().min(1).max(255);
const refQuery = {
  query: RefText.optional().describe('Only names with this in them, whatever its case.'),
  limit: queryInteger(1, 1000).default(200).describe('How many.'),
  refresh: z
    .enum(['true', 'false'])
    .optional()
    .describe('Whether the repository is asked again, although what it said is young.'),
};

export const Branch = z.object({
  name: z.string(),
  isDefault: z.boolean(),
  lastCommit: z.string(),
});
export type Branch = z.infer<typeof Branch>;

/** Branches, the default one first; `total` counts all that fit, `fetchedAt` is when the repository said so. */
export const BranchList = z.object({
  items: z.array(Branch),
  total: z.number().int().min(0),
  fetchedAt: Timestamp,
});
export type BranchList = z.infer<typeof BranchList>;

export const BranchQuery = z.object(refQuery).strict();
export type BranchQuery = z.infer<typeof BranchQuery>;

/** A name git knows a commit by. Of a tag that is annotated, `commit` is the tag itself. */
export const GitRef = z.object({
  name: z.string(),
  kind: z.enum(['branch', 'tag']),
  isDefault: z.boolean(),
  commit: z.string(),
});
export type GitRef = z.infer<typeof GitRef>;

/** The refs of a repository, the default branch first, then branches, then tags. */
export const GitRefList = z.object({
  url: z.string(),
  defaultBranch: z.string().nullable(),
  items: z.array(GitRef),
  total: z.number().int().min(0),
  fetchedAt: Timestamp,
});
export type GitRefList = z.infer<typeof GitRefList>;

export const GitRefQuery = z
  .object({
    url: z.string().min(1).max(4096).describe('The repository: one that need not be known yet.'),
    kind: z.enum(['branch', 'tag']).optional().describe('Only branches, or only tags.'),
    ...refQuery,
  })
  .strict();
export type GitRefQuery = z.infer<typeof GitRefQuery>;

/** A file git tracks. A submodule is one entry, whatever is in it. */
export const RepositoryFile = z.object({
  path: z.string(),
  type: z.enum(['file', 'executable', 'symlink', 'submodule']),
});
export type RepositoryFile = z.infer<typeof RepositoryFile>;

/**
 * Tracked files in the order of git, all of one commit: a walk goes on in the commit it began with. `commit` is null for a
 * repository without one. A page of a walk that filters may hold less than was asked for, or nothing, and go on.
 */
export const RepositoryFilePage = pageOf(RepositoryFile).extend({ commit: z.string().nullable() });
export type RepositoryFilePage = z.infer<typeof RepositoryFilePage>;

export const RepositoryFileQuery = z
  .object({
    ref: RefText.optional().describe('A branch, a tag or a commit; where the repository stands when absent.'),
    path: z.string().min(1).max(4096).optional().describe('Only this file, or what is below this directory.'),
    q: RefText.optional().describe('Only paths with this in them, whatever its case.'),
    perPage: queryInteger(1, 5000).default(1000).describe('Items of a page.'),
    cursor: z.string().min(1).max(512).optional().describe('`nextCursor` of the page before.'),
  })
  .strict();
export type RepositoryFileQuery = z.infer<typeof RepositoryFileQuery>;
