import type { DeliverSession, Delivery } from '@agent-harbor/api-contract/schemas';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../problem.ts';
import { planDelivery } from './plan-delivery.ts';

const madeUp = 'ah/mend-the-cart-aaaaaaaa';
const git = { mode: 'git', url: 'https://forge.test/acme/site.git', branch: 'main' } as const;
const planOf = (delivery: Delivery, wish?: DeliverSession, repo: typeof git | { mode: 'none' } = git) =>
  planDelivery({ id: '01JDAAAAAAAAAAAAAAAAAAAAAA', prompt: 'Mend the cart', repo, delivery }, wish);
const errorsOf = (work: () => unknown): Problem['errors'] => {
  try {
    work();
  } catch (error) {
    return Object(error).errors;
  }
  throw new Error('it was planned');
};

const asBranch: Delivery = { mode: 'branch', targetBranch: 'fix/cart' };
const asRequest: Delivery = { mode: 'pr', branch: 'fix/cart', targetBranch: 'release/1' };

describe('what the task said', () => {
  test('nothing, where it said none and nobody wishes otherwise', () => {
    expect(planOf({ mode: 'none' })).toBeNull();
  });

  test.each([
    [asBranch, { mode: 'branch', branch: 'fix/cart', isMadeUp: false }],
    [
      { mode: 'branch', targetBranch: madeUp },
      { mode: 'branch', branch: madeUp, isMadeUp: true },
    ],
    [asRequest, { mode: 'pr', branch: 'fix/cart', isMadeUp: false, targetBranch: 'release/1' }],
    [
      { mode: 'pr', branch: madeUp },
      { mode: 'pr', branch: madeUp, isMadeUp: true, targetBranch: 'main' },
    ],
    [{ mode: 'patch' }, { mode: 'patch', branch: null, isMadeUp: true }],
  ] satisfies [Delivery, object][])('%j', (delivery, plan) => {
    expect(planOf(delivery)).toEqual(plan);
    expect(planOf(delivery, {})).toEqual(plan);
  });
});

describe('what is wished now', () => {
  test.each([
    ['none, then as usual', { mode: 'none' }, {}, { mode: 'branch', branch: madeUp, isMadeUp: true }],
    [
      'another name',
      asBranch,
      { branch: 'fix/other' },
      { mode: 'branch', branch: 'fix/other', isMadeUp: false },
    ],
    [
      'another name by its other word',
      asBranch,
      { mode: 'branch', targetBranch: 'fix/other' },
      { mode: 'branch', branch: 'fix/other', isMadeUp: false },
    ],
    [
      'the name we would have made up: then it is no longer ours',
      { mode: 'none' },
      { branch: madeUp },
      { mode: 'branch', branch: madeUp, isMadeUp: false },
    ],
    [
      'a pull request for the branch there is',
      asBranch,
      { mode: 'pr' },
      { mode: 'pr', branch: 'fix/cart', isMadeUp: false, targetBranch: 'main' },
    ],
    [
      'a branch where a pull request was said',
      asRequest,
      { mode: 'branch' },
      { mode: 'branch', branch: 'fix/cart', isMadeUp: false },
    ],
    [
      'another target',
      asRequest,
      { targetBranch: 'next' },
      { mode: 'pr', branch: 'fix/cart', isMadeUp: false, targetBranch: 'next' },
    ],
    ['a patch', asBranch, { mode: 'patch' }, { mode: 'patch', branch: null, isMadeUp: true }],
    [
      'words',
      asRequest,
      { message: 'm', title: 't', body: 'b' },
      {
        mode: 'pr',
        branch: 'fix/cart',
        isMadeUp: false,
        targetBranch: 'release/1',
        message: 'm',
        title: 't',
        body: 'b',
      },
    ],
  ] satisfies [string, Delivery, DeliverSession, object][])('%s', (_, delivery, wish, plan) => {
    expect(planOf(delivery, wish)).toEqual(plan);
  });

  test('the target of a repository without a known branch is left to the forge', () => {
    const repo = { mode: 'git', url: git.url } as const;
    const session = { id: '01JDAAAAAAAAAAAAAAAAAAAAAA', prompt: '', repo, delivery: asBranch };
    expect(planDelivery(session, { mode: 'pr' })?.targetBranch).toBeUndefined();
  });
});

describe('without a repository', () => {
  const none = { mode: 'none' } as const;

  test('a patch is usual', () => {
    expect(planOf({ mode: 'none' }, {}, none)).toMatchObject({ mode: 'patch', branch: null });
  });

  test.each([
    ['branch', /branch$/],
    ['pr', /pull request$/],
  ] as const)('mode %s is refused with the way out', (mode, end) => {
    const [said] = errorsOf(() => planOf({ mode: 'none' }, { mode }, none))?.mode ?? [];
    expect(said).toMatch(/^must be patch/);
    expect(said).toMatch(end);
  });
});

describe('what cannot be meant', () => {
  test.each([
    ['a title of what the task said is a branch', asBranch, { title: 'Mine' }, 'title'],
    ['a text of what the task said is a branch', asBranch, { body: 'Mine' }, 'body'],
    ['a branch of what the task said is a patch', { mode: 'patch' }, { branch: 'x' }, 'branch'],
    [
      'a pull request for its own branch, by the wish',
      asRequest,
      { branch: 'a', targetBranch: 'a' },
      'branch',
    ],
    ['a pull request for its own branch, by the task', asRequest, { branch: 'release/1' }, 'branch'],
    [
      'a pull request for its own branch, by the repository',
      asBranch,
      { mode: 'pr', branch: 'main' },
      'branch',
    ],
  ] satisfies [string, Delivery, DeliverSession, string][])('%s', (_, delivery, wish, field) => {
    expect(Object.keys(errorsOf(() => planOf(delivery, wish)) ?? {})).toEqual([field]);
  });
});
