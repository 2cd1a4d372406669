import { type ForgeRepository, Problem, type PullRequest, type PullRequestWish } from '@agent-harbor/core';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { misunderstood } from './refusal.ts';
import { WebAddress } from './web-address.ts';

const Repository = z.object({
  default_branch: z.string().min(1),
  archived: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).partial().optional(),
});

const Pull = z.object({
  number: z.number().int().min(1),
  html_url: WebAddress,
  head: z.object({ ref: z.string() }),
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
    const found = pulls.find((pull) => pull.head.ref === branch && pull.base.ref === targetBranch);
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
        if (status === 404) throw refused(noTarget(name, target));
      }
      return { targetBranch: target };
    },

    async open(wish, signal) {
      const known = await find(wish, signal);
      if (known !== undefined) return known;
      const { branch: head, targetBranch, title, body: text } = wish;
      const call = { method: 'POST', path: `${base}/pulls`, headers } as const;
      const asked = { title, body: text, head, base: targetBranch };
      try {
        const { body } = await caller.call({ ...call, body: asked }, [], signal);
        const { html_url, number } = read(Pull, body);
        return { url: html_url, number };
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
  `${name} has no branch ${JSON.stringify(branch)} that a pull request could be for. Name another one (--target-branch <name>).`;
