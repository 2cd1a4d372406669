import { type ForgeRepository, Problem, type PullRequest, type PullRequestWish } from '@agent-harbor/core';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { misunderstood } from './refusal.ts';
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
      (request) => request.source_branch === branch && request.target_branch === targetBranch,
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
        if (status === 404) throw refused(noTarget(name, target));
      }
      return { targetBranch: target };
    },

    async open(wish, signal) {
      const known = await find(wish, signal);
      if (known !== undefined) return known;
      const { branch: source_branch, targetBranch: target_branch, title, body: description } = wish;
      const call = { method: 'POST', path: `${base}/merge_requests`, headers } as const;
      try {
        const asked = { source_branch, target_branch, title, description };
        const { body } = await caller.call({ ...call, body: asked }, [], signal);
        const { web_url, iid } = read(MergeRequest, body);
        return { url: web_url, number: iid };
      } catch (error) {
        // Somebody else was faster, or it was opened by a call whose answer got lost.
        if (!(error instanceof Problem) || error.code !== 'delivery-refused') throw error;
        const found = await find(wish, signal);
        if (found === undefined) throw error;
        return found;
      }
    },
  };
};

const refused = (detail: string): Problem => new Problem('delivery-refused', { detail });

const noTarget = (name: string, branch: string): string =>
  `${name} has no branch ${JSON.stringify(branch)} that a merge request could be for. Name another one (--target-branch <name>).`;
