import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { type AgentExit, type Clock, endedWell, type Run } from '@agent-harbor/core';
import type { Scenario } from '../format/scenario.ts';
import type { MemoryJournal } from './journal.ts';

const played = 'The check is played and not run.';

/** A journal whose agent, when it ends well, is followed by the checks of the task. Nothing is run: they end at once. */
export const withChecks = (
  journal: MemoryJournal,
  { checks }: Run,
  scenario: Scenario | undefined,
  clock: Clock,
): MemoryJournal => {
  const exitCodes = scenario?.['x-checks'] ?? {};
  const end = (exit: AgentExit): void => {
    if (endedWell(exit) && checks.length > 0 && !journal.ended) {
      const at = clock.now();
      const bodies = checks.flatMap(({ command }, index): EventBody[] => {
        const check = { type: 'check', number: index + 1, command } as const;
        const code = Object.hasOwn(exitCodes, command) ? (exitCodes[command] ?? 0) : 0;
        const state = code === 0 ? 'passed' : 'failed';
        return [
          { ...check, state: 'running' },
          { type: 'log', level: 'info', message: played, tool_execution_id: `check-${index + 1}` },
          { ...check, state, exit_code: code, duration_ms: 0, output: `${played}\n` },
        ];
      });
      const checking: EventBody = { type: 'status', status: 'running', reason: 'checking' };
      journal.append([checking, ...bodies].map((body) => ({ at, body })));
    }
    journal.end(exit);
  };
  return {
    append: journal.append,
    end,
    get ended() {
      return journal.ended;
    },
    events: journal.events,
    read: journal.read,
    abandon: journal.abandon,
  };
};
