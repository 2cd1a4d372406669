import type { ScenarioSource } from '../format/scenario.ts';

/** The entries scenarios of the library are made of most. */
export type Entry = ScenarioSource['timeline'][number];

/** What the user asks for: the scenario is chosen by it. */
export const asked = (input: string): Entry => ({ userInputs: [[0, input]] });

export const thinks = (afterMs: number, text: string): Entry => ({
  llmResponse: [{ think: [[afterMs, text]] }],
});

export const says = (afterMs: number, text: string): Entry => ({
  llmResponse: [{ assistant: [[afterMs, text]] }],
});

/** Time passes. */
export const waits = (ms: number): Entry => ({ baseTimeDelta: ms });

type Status = 'pending' | 'in_progress' | 'completed';

/** A plan of equally important steps. */
export const plans = (...steps: readonly (readonly [content: string, status: Status])[]): Entry => ({
  agentPlan: { entries: steps.map(([content, status]) => ({ content, priority: 'medium', status })) },
});

/** A command that prints its lines one by one, each a while after the one before, and exits. */
export const runs = (
  cmd: readonly string[],
  lines: readonly string[],
  {
    everyMs = 50,
    exitCode = 0,
    toolCallId,
  }: { everyMs?: number; exitCode?: number; toolCallId?: string } = {},
): Entry => ({
  agentToolUse: {
    toolName: 'runCmd',
    args: { cmd: [...cmd] },
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(exitCode === 0 ? {} : { status: 'error' }),
    toolExecution: {
      events: [
        ...lines.map(
          (content, index) => ({ type: 'stdout', timeMs: (index + 1) * everyMs, content }) as const,
        ),
        { type: 'completion', timeMs: (lines.length + 1) * everyMs, exitCode },
      ],
    },
  },
});

/** A file is written anew. */
export const writes = (path: string, contents: string, description?: string): Entry => ({
  agentEdits: { path, contents, ...(description === undefined ? {} : { description }) },
});

/** The turn ends well. */
export const done: Entry = { complete: true };
