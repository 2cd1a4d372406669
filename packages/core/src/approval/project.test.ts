import type { Approval } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { approvalAfter, withdrawn } from './project.ts';

const sessionId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const at = Date.parse('2026-03-14T09:27:01.004Z');
const place = { type: 'approval', approvalId: 'a', title: 'Run npm install' } as const;
const asked = {
  ...place,
  state: 'requested',
  tool_name: 'execute',
  options: [{ optionId: 'once', name: 'Allow', kind: 'allow_once' as const }],
  expiresAt: '2026-03-14T09:37:01.004Z',
  onExpiry: 'deny',
} as const;

const told = (...words: readonly Parameters<typeof approvalAfter>[3][]): Approval | undefined =>
  words.reduce<Approval | undefined>(
    (before, word, index) => approvalAfter(before, sessionId, at + index, { ...word }),
    undefined,
  );
const open = { ...asked, options: [...asked.options] };

describe('a permission request', () => {
  it('is what was asked, and what settled it', () => {
    const answered = { ...place, state: 'answered', outcome: 'allowed', optionId: 'once', by: 'me' } as const;
    expect(told(open, answered)).toEqual({
      id: 'a',
      sessionId,
      state: 'answered',
      title: 'Run npm install',
      tool_name: 'execute',
      options: asked.options,
      requestedAt: '2026-03-14T09:27:01.004Z',
      expiresAt: asked.expiresAt,
      onExpiry: 'deny',
      outcome: 'allowed',
      optionId: 'once',
      by: 'me',
      settledAt: '2026-03-14T09:27:01.005Z',
    });
  });

  it('stays as the first word that settled it says', () => {
    const late = { ...place, state: 'answered', outcome: 'allowed', by: 'too late' } as const;
    const expired = { ...place, state: 'expired', outcome: 'denied' } as const;
    expect(told(open, expired, late, open)).toMatchObject({ state: 'expired', outcome: 'denied' });
    expect(told(open, expired, late)).not.toHaveProperty('by', 'too late');
  });

  it('that the policy answers at once was asked when it was answered', () => {
    const answered = { ...place, state: 'answered', outcome: 'denied', by: 'policy' } as const;
    expect(told(answered)).toMatchObject({
      state: 'answered',
      options: [],
      requestedAt: '2026-03-14T09:27:01.004Z',
      settledAt: '2026-03-14T09:27:01.004Z',
    });
  });

  it('is withdrawn when nobody can answer any more', () => {
    const before = told(open);
    if (before === undefined) throw new Error('nothing was asked');
    const { body } = withdrawn(before, at);
    if (body.type !== 'approval') throw new Error('no word about it');
    expect(approvalAfter(before, sessionId, at, body)).toMatchObject({
      state: 'expired',
      outcome: 'cancelled',
      title: 'Run npm install',
    });
  });
});
