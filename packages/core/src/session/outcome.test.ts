import { describe, expect, it } from 'vitest';
import { outcomeOf } from './outcome.ts';

describe('the outcome of a session', () => {
  it.each([
    ['exit 0 is completed', 'running', { kind: 'exited', code: 0 }, { status: 'completed', exitCode: 0 }],
    [
      'a finished turn is completed',
      'running',
      { kind: 'turn-ended', stopReason: 'end_turn' },
      { status: 'completed' },
    ],
    ['what we killed while it ran is cancelled', 'running', { kind: 'ended-by-us' }, { status: 'cancelled' }],
    [
      'whatever happens while stopping is stopped',
      'stopping',
      { kind: 'exited', code: 143 },
      { status: 'stopped', exitCode: 143 },
    ],
    ['also the loss of the recorder', 'stopping', { kind: 'lost', reason: 'x' }, { status: 'stopped' }],
    [
      'a lost recorder is failed with its reason',
      'running',
      { kind: 'lost', reason: 'gone' },
      { status: 'failed', reason: 'gone' },
    ],
  ] as const)('%s', (_, status, exit, outcome) => {
    expect(outcomeOf(status, exit)).toEqual(outcome);
  });

  it('fails with code and last output', () => {
    expect(outcomeOf('running', { kind: 'exited', code: 3, lastOutput: 'no such file\n' })).toEqual({
      status: 'failed',
      exitCode: 3,
      reason: 'The agent exited with code 3. Its last output: no such file',
    });
  });

  it('fails on a refusal or a limit', () => {
    expect(outcomeOf('running', { kind: 'turn-ended', stopReason: 'refusal' }).status).toBe('failed');
    expect(outcomeOf('running', { kind: 'turn-ended', stopReason: 'max_tokens' }).reason).toContain(
      'max_tokens',
    );
  });
});
