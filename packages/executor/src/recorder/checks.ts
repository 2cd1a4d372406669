import { rmSync } from 'node:fs';
import type { CheckRun } from '@agent-harbor/core';
import { startAgentProcess } from '../agents/protocol/agent-process.ts';
import type { AgentContext, RunningAgent } from '../agents/protocol/protocol.ts';

/** How long one check may run, in the agent's time. */
const checkMs = 15 * 60_000;

/**
 * Runs what tells whether the work is good, one after another, in the workspace and as processes of the session: they
 * stand still and end with it. What a check prints is told as log lines of the tool execution `check-<number>`.
 */
export const startChecks = (
  context: AgentContext,
  checks: readonly CheckRun[],
  rootPath: string,
  limitMs = checkMs,
): RunningAgent => {
  let isCancelled = false;
  const run = async (): ReturnType<() => RunningAgent['exit']> => {
    context.tell({ type: 'status', status: 'running', reason: 'checking' });
    for (const [index, check] of checks.entries()) {
      if (isCancelled) break;
      // The processes of whoever ran before are gone: the next first one is found by its own mark.
      rmSync(rootPath, { force: true });
      await runCheck(context, check, index + 1, limitMs, () => isCancelled);
    }
    return { kind: 'exited', code: 0 };
  };
  return {
    exit: run(),
    cancel() {
      isCancelled = true;
      return false;
    },
  };
};

const runCheck = async (
  context: AgentContext,
  { command, argv }: CheckRun,
  number: number,
  limitMs: number,
  isCancelled: () => boolean,
): Promise<void> => {
  const { agentTime, tell } = context;
  const toolExecutionId = `check-${number}`;
  const told = { type: 'check', number, command } as const;
  tell({ ...told, state: 'running' });
  const startedAt = agentTime.now();
  let isLate = false;
  const { exit } = startAgentProcess(
    {
      ...context,
      program: { ...context.program, argv },
      report: (body, at) =>
        context.report(body.type === 'log' ? { ...body, tool_execution_id: toolExecutionId } : body, at),
    },
    { stdin: 'ignore', stderr: 'info' },
  );
  let ending: Promise<void> | undefined;
  const stopWaiting = agentTime.schedule(limitMs, () => {
    isLate = true;
    ending = context.tree.kill().catch((error: unknown) => {
      tell({ type: 'log', level: 'error', message: String(error), tool_execution_id: toolExecutionId });
    });
  });
  const ended = await exit;
  stopWaiting();
  // Who is still being ended must not take the next check along.
  await ending;
  const isPassed = ended.kind === 'exited' && ended.code === 0;
  const output = ended.kind === 'lost' ? ended.reason : 'lastOutput' in ended ? ended.lastOutput : undefined;
  tell({
    ...told,
    state: isPassed ? 'passed' : isCancelled() ? 'cancelled' : isLate ? 'timed-out' : 'failed',
    duration_ms: Math.max(0, Math.round(agentTime.now() - startedAt)),
    ...(ended.kind === 'exited' ? { exit_code: ended.code } : {}),
    ...(output === undefined ? {} : { output }),
  });
};
