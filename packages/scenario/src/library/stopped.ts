import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, type Entry, says, thinks, writes } from './phrases.ts';

export const cancelMidTool: ScenarioSource = {
  name: 'cancel-mid-tool',
  description: 'The user cancels while a command runs: its tool fails, and the session is cancelled.',
  tags: ['steering'],
  timeline: [
    asked('Build everything from scratch'),
    thinks(200, 'A full build takes a while.'),
    {
      agentToolUse: {
        toolName: 'runCmd',
        args: { cmd: ['make', 'all'] },
        toolExecution: {
          events: [
            ...Array.from({ length: 60 }, (_, index) => ({
              type: 'stdout' as const,
              timeMs: (index + 1) * 1_000,
              content: `[${index + 1}/60] compiling`,
            })),
            { type: 'completion', timeMs: 61_000, exitCode: 0 },
          ],
        },
      },
    },
    { userCancelSession: { relativeTime: 4_500 } },
    says(100, 'Everything is built.'),
    done,
  ],
};

const seconds = 30;

/** What shows at a glance whether time stands still. */
const tick = (index: number): readonly Entry[] => [
  says(1_000, `${index + 1} of ${seconds}`),
  ...(index % 10 === 9 ? [writes('notes/ticks.md', `${index + 1} seconds of work\n`)] : []),
];

export const pauseAndResume: ScenarioSource = {
  name: 'pause-and-resume',
  description:
    'Counts to thirty, once a second: pause it, and it stands still; resume it, and no number is missing.',
  tags: ['steering'],
  timeline: [
    asked('Count slowly to thirty'),
    ...Array.from({ length: seconds }, (_, index) => tick(index)).flat(),
    done,
  ],
};
