import { type ForgeRepository, type Forges, Problem, type PullRequestWish } from '@agent-harbor/core';

/**
 * Forges without a network: every url with a host is a repository of one. So that refusals can be shown too, a repository
 * named `denied` does not let the server in, one named `busy` asks for patience, and no repository has a branch `missing`.
 */
export const createScriptedForges = (): Forges => {
  /** Repository → the open ones, by their branches, in the order they were opened. */
  const opened = new Map<string, string[]>();

  const refuse = (name: string, targetBranch: string | undefined): void => {
    if (/\/?denied$/.test(name)) {
      throw new Problem('delivery-failed', {
        detail: `The forge does not let the server open pull requests in ${name}: give its token the right to write them.`,
      });
    }
    if (/\/?busy$/.test(name)) {
      throw new Problem('forge-unavailable', {
        detail: 'The forge asks for patience.',
        retryAfterSeconds: 30,
      });
    }
    if (targetBranch === 'missing') {
      throw new Problem('delivery-refused', {
        detail: `${name} has no branch "missing" that a pull request could be for. Name another one (--target-branch <name>).`,
      });
    }
  };

  const repository = (host: string, path: string): ForgeRepository => {
    const name = `${path} on ${host}`;
    const open = ({ branch, targetBranch }: PullRequestWish): number => {
      const key = `${host}/${path}`;
      const known = opened.get(key) ?? [];
      opened.set(key, known);
      const pair = JSON.stringify([branch, targetBranch]);
      if (!known.includes(pair)) known.push(pair);
      return known.indexOf(pair) + 1;
    };
    return {
      name,
      trouble: undefined,
      async prepare(targetBranch) {
        refuse(path, targetBranch);
        return { targetBranch: targetBranch ?? 'main' };
      },
      async open(wish) {
        refuse(path, wish.targetBranch);
        const number = open(wish);
        const place = /gitlab/i.test(host) ? '-/merge_requests' : 'pull';
        return { url: `https://${host}/${path}/${place}/${number}`, number };
      },
    };
  };

  return {
    hosts: ['any host (simulated)'],
    of(url) {
      const found =
        /^(?:https?|ssh):\/\/(?:[^@/]*@)?([^/]+)\/(.+?)(?:\.git)?\/*$/i.exec(url) ??
        /^[^@/]+@([^:/]+):(.+?)(?:\.git)?\/*$/.exec(url);
      const [, host = '', path = ''] = found ?? [];
      return found === null ? undefined : repository(host, path);
    },
  };
};
