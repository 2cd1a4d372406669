import type { Scenario } from '@agent-harbor/scenario';
import { parseScenario } from '@agent-harbor/scenario';

/**
 * A session of so many minutes that gives about so many events, evenly spread, of the kinds that agents give: thoughts,
 * messages, tools with their output and results, and now and then an edit of a file.
 */
export const workload = (name: string, minutes: number, events: number): Scenario => {
  const timeline: object[] = [];
  /** Events of one round, and what it costs in time. */
  const perRound = 12;
  const rounds = Math.max(1, Math.round(events / perRound));
  const stepMs = Math.floor((minutes * 60_000) / (rounds * 8));
  for (let round = 0; round < rounds; round += 1) {
    timeline.push(
      { baseTimeDelta: stepMs },
      { llmResponse: [{ think: [[0, `Round ${round}: what is left?`]] }] },
      { baseTimeDelta: stepMs },
      {
        agentToolUse: {
          toolName: 'runCmd',
          args: { cmd: 'npm test', cwd: '.' },
          progress: [
            [stepMs, 'Running 12 tests'],
            [stepMs * 2, 'Running 24 tests'],
          ],
          result: `${round % 12} of 24 tests failed`,
          status: 'ok',
        },
      },
      { baseTimeDelta: stepMs },
      { log: { level: 'info', message: `The test run took ${round} ms.` } },
      { log: { level: 'warn', message: 'Nobody has looked at this for a while.' } },
      {
        agentEdits: {
          path: `src/part-${round % 5}.ts`,
          contents: Array.from({ length: 20 }, (_, line) => `export const line${line} = ${round};`).join(
            '\n',
          ),
          description: `Change ${round}`,
        },
      },
      { baseTimeDelta: stepMs },
      { llmResponse: [{ assistant: [[stepMs, `Round ${round} is done.`]] }] },
    );
  }
  return parseScenario({ name, timeline: [...timeline, { complete: true }] }, name);
};
