import { expect, test } from 'vitest';
import { DeliverSession, DeliveryInput } from './delivery.ts';
import { RepoInput } from './repo.ts';

test.each(['--force', '-x', 'HEAD'])('no work goes on a branch %s, which git would not make', (name) => {
  for (const schema of [DeliveryInput, DeliverSession]) {
    for (const member of ['branch', 'targetBranch'] as const) {
      const { error } = schema.safeParse({ mode: 'branch', [member]: name });
      expect(error?.issues.map(({ path }) => path)).toEqual([[member]]);
    }
    expect(schema.safeParse({ mode: 'pr', branch: name }).success).toBe(false);
    expect(schema.safeParse({ mode: 'pr', targetBranch: name }).success).toBe(true);
  }
  expect(RepoInput.safeParse({ mode: 'git', url: '/repo', branch: name }).success).toBe(true);
});

test.each(['x-', 'a/-b', 'HEADS', 'a/HEAD', 'head'])('work may go on a branch %s', (branch) => {
  expect(DeliverSession.safeParse({ mode: 'branch', branch }).success).toBe(true);
});
