import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { canTransition, isTerminal, transitions } from './lifecycle.ts';

describe('the transition table', () => {
  it('has exactly four terminal statuses', () => {
    expect(SessionStatus.options.filter(isTerminal).sort()).toEqual([
      'cancelled',
      'completed',
      'failed',
      'stopped',
    ]);
  });

  it('lets every live status fail and be cancelled, and every one but stopping be stopped', () => {
    for (const status of SessionStatus.options.filter((candidate) => !isTerminal(candidate))) {
      expect(canTransition(status, 'failed'), status).toBe(true);
      expect(canTransition(status, 'cancelled'), status).toBe(true);
      expect(canTransition(status, 'stopping'), status).toBe(status !== 'stopping');
    }
  });

  it('reaches every status from queued, and an end from every status', () => {
    const reach = (from: SessionStatus): Set<SessionStatus> => {
      const seen = new Set<SessionStatus>([from]);
      for (const status of seen) for (const next of transitions[status]) seen.add(next);
      return seen;
    };
    expect(reach('queued').size).toBe(SessionStatus.options.length);
    for (const status of SessionStatus.options)
      expect([...reach(status)].some(isTerminal), status).toBe(true);
  });

  it('never leaves a terminal status and never enters the one it is in', () => {
    for (const from of SessionStatus.options) {
      expect(canTransition(from, from), from).toBe(false);
      if (isTerminal(from))
        for (const to of SessionStatus.options) expect(canTransition(from, to)).toBe(false);
    }
  });

  it('enters running only from provisioning, pausing and resuming', () => {
    expect(SessionStatus.options.filter((from) => canTransition(from, 'running')).sort()).toEqual([
      'pausing',
      'provisioning',
      'resuming',
    ]);
  });
});
