import { type ForgeRepository, Problem, type PullRequest, type PullRequestWish } from '@agent-harbor/core';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { openOnce } from './open-once.ts';
import { misunderstood, noTarget, refused } from './refusal.ts';
import { WebAddress } from './web-address.ts';

const Repository = z.object({
  default_branch: z.string().min(1),
  archived: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).partial().optional(),
});

const Pull = z.object({
  number: z.number().int().min(1),
  html_url: WebAddress,
  /** The label is `owner:branch`: that of a fork has another owner. */
  head: z.object({ ref: z.string(), label: z.string().nullish() }),
  base: z.object({ ref: z.string() }),
});

const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** A repository on GitHub, or on a server of one's own that speaks as GitHub does. */
export const gitHubRepository = (path: string, name: string, caller: Caller): ForgeRepository => {
  const [owner = '', repository = '', ...rest] = path.split('/');
  const base = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
  const read = <Value>(schema: z.ZodType<Value, z.ZodTypeDef, unknown>, value: unknown): Value => {
    const { data, success } = schema.safeParse(value);
    if (!success) throw misunderstood(caller.host);
    return data;
  };

  /** The open pull request of these branches. A server may answer with others, too. */
  const find = async (
    { branch, targetBranch }: PullRequestWish,
    signal: AbortSignal | undefined,
  ): Promise<PullRequest | undefined> => {
    const query = new URLSearchParams({
      state: 'open',
      head: `${owner}:${branch}`,
      base: targetBranch,
      per_page: '20',
    });
    const { body } = await caller.call(
      { method: 'GET', path: `${base}/pulls?${query}`, headers },
      [],
      signal,
    );
    const pulls = read(z.array(Pull), body);
    const ours = `${owner}:${branch}`.toLowerCase();
    const found = pulls.find(
      ({ head, base: target }) =>
        head.ref === branch && (head.label ?? ours).toLowerCase() === ours && target.ref === targetBranch,
    );
    return found && { url: found.html_url, number: found.number };
  };

  return {
    name,
    trouble:
      rest.length === 0
        ? undefined
        : `${name} cannot be a repository there: it has more than an owner and a name`,

    async prepare(targetBranch, signal) {
      const { body } = await caller.call({ method: 'GET', path: base, headers }, [], signal);
      const { default_branch, archived, permissions } = read(Repository, body);
      if (archived === true)
        throw refused(`${name} is archived and takes no pull requests. Deliver a patch (--mode patch).`);
      if (permissions?.push === false) {
        throw new Problem('delivery-failed', {
          detail: `The token for ${caller.host} may not write to ${name}. Give it the right to, or deliver a patch (--mode patch).`,
        });
      }
      const target = targetBranch ?? default_branch;
      if (target !== default_branch) {
        const path = `${base}/branches/${encodeURIComponent(target)}`;
        const { status } = await caller.call({ method: 'GET', path, headers }, [404], signal);
        if (status === 404) throw noTarget(name, target, 'pull request');
      }
      return { targetBranch: target };
    },

    open: openOnce({
      find,
      async make({ branch: head, targetBranch, title, body: text }, signal) {
        const asked = { title, body: text, head, base: targetBranch };
        const call = { method: 'POST', path: `${base}/pulls`, headers, body: asked } as const;
        const { body } = await caller.call(call, [], signal);
        const { html_url, number } = read(Pull, body);
        return { url: html_url, number };
      },
    }),
  };
};
