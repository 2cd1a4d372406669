import type { ForgeRepository, PullRequest, PullRequestWish } from '@agent-harbor/core';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { openOnce } from './open-once.ts';
import { misunderstood, noTarget, refused } from './refusal.ts';
import { WebAddress } from './web-address.ts';

const Project = z.object({
  default_branch: z.string().min(1).nullable(),
  archived: z.boolean().optional(),
  merge_requests_access_level: z.string().optional(),
});

const MergeRequest = z.object({
  iid: z.number().int().min(1),
  web_url: WebAddress,
  source_branch: z.string(),
  target_branch: z.string(),
  /** Those of a fork come from another project. */
  source_project_id: z.number().optional(),
  target_project_id: z.number().optional(),
});

const headers = { accept: 'application/json' };

/** A project on GitLab, there or on a server of one's own; its pull requests are called merge requests. */
export const gitLabRepository = (path: string, name: string, caller: Caller): ForgeRepository => {
  const base = `/projects/${encodeURIComponent(path)}`;
  const read = <Value>(schema: z.ZodType<Value, z.ZodTypeDef, unknown>, value: unknown): Value => {
    const { data, success } = schema.safeParse(value);
    if (!success) throw misunderstood(caller.host);
    return data;
  };

  /** The open merge request of these branches. */
  const find = async (
    { branch, targetBranch }: PullRequestWish,
    signal: AbortSignal | undefined,
  ): Promise<PullRequest | undefined> => {
    const query = new URLSearchParams({
      state: 'opened',
      source_branch: branch,
      target_branch: targetBranch,
      per_page: '20',
    });
    const call = { method: 'GET', path: `${base}/merge_requests?${query}`, headers } as const;
    const { body } = await caller.call(call, [], signal);
    const found = read(z.array(MergeRequest), body).find(
      (request) =>
        request.source_branch === branch &&
        request.target_branch === targetBranch &&
        request.source_project_id === request.target_project_id,
    );
    return found && { url: found.web_url, number: found.iid };
  };

  return {
    name,
    trouble: undefined,

    async prepare(targetBranch, signal) {
      const { body } = await caller.call({ method: 'GET', path: base, headers }, [], signal);
      const { default_branch, archived, merge_requests_access_level } = read(Project, body);
      if (archived === true || merge_requests_access_level === 'disabled') {
        const why = archived === true ? 'is archived' : 'has merge requests switched off';
        throw refused(
          `${name} ${why}, so it takes none. Deliver a branch or a patch (--mode branch, --mode patch).`,
        );
      }
      const target = targetBranch ?? default_branch;
      if (target === null)
        throw refused(
          `${name} has no branch yet that a merge request could be for. Deliver a branch (--mode branch).`,
        );
      if (target !== default_branch) {
        const path = `${base}/repository/branches/${encodeURIComponent(target)}`;
        const { status } = await caller.call({ method: 'GET', path, headers }, [404], signal);
        if (status === 404) throw noTarget(name, target, 'merge request');
      }
      return { targetBranch: target };
    },

    open: openOnce({
      find,
      async make({ branch: source_branch, targetBranch: target_branch, title, body: description }, signal) {
        const asked = { source_branch, target_branch, title, description };
        const call = { method: 'POST', path: `${base}/merge_requests`, headers, body: asked } as const;
        const { body } = await caller.call(call, [], signal);
        const { web_url, iid } = read(MergeRequest, body);
        return { url: web_url, number: iid };
      },
    }),
  };
};
