import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { judge, tidy, wireSuite } from '@agent-harbor/conformance';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { catchInterrupts } from '../serve.ts';
import { paint } from '../terminal/text.ts';
import { readAgents } from './agents.ts';
import { junit } from './junit.ts';
import { outcomeLines, sumLine } from './lines.ts';
import { type Outcome, sum, tell } from './outcome.ts';
import { type Selection, select } from './select.ts';
import { type CheckedServer, reachServer } from './server.ts';

type Checks = typeof wireSuite.checks;

/** What a run is asked for. */
export interface Wishes extends Selection {
  /** `edits={"type":…}` and the like. */
  readonly agent: readonly string[];
  /** A repository that checks may use. */
  readonly repo?: string | undefined;
  /** A file for JUnit XML. */
  readonly junit?: string | undefined;
}

/** Runs the checks against a server, tells what becomes of each, and gives the exit code. */
export const checkServer = async (
  context: Context,
  address: string | undefined,
  wishes: Wishes,
): Promise<ExitCode> => {
  const checks = select(wireSuite.checks, wishes);
  const agents = readAgents(wishes.agent);
  const interrupted = catchInterrupts(context);
  const server = await reachServer(address, await context.settings(), agents, wishes.repo);
  const { base } = server.context;
  if (!context.json)
    await context.print([paint('bold', `Conformance of ${base}`), paint('dim', `  ${server.version}`)]);
  const startedAt = performance.now();
  const outcomes = await runChecks(context, server, checks, interrupted);
  const durationMs = Math.round(performance.now() - startedAt);
  if (wishes.junit !== undefined) await write(resolve(context.io.cwd, wishes.junit), junit(base, outcomes));
  const summary = { total: outcomes.length, ...sum(outcomes), durationMs };
  await context.show({ base, server: server.version, summary, checks: outcomes }, () => [
    '',
    sumLine(outcomes, durationMs),
  ]);
  if (interrupted.aborted) return exitCodes.interrupted;
  return sum(outcomes).fails === 0 ? exitCodes.ok : exitCodes.general;
};

/** Shows the checks and what each promises. */
export const listChecks = async (context: Context, selection: Selection): Promise<undefined> => {
  const listed = select(wireSuite.checks, selection).map(({ topic, name, promises }) => ({
    topic,
    name,
    promises,
  }));
  await context.show(listed, () =>
    listed.flatMap(({ topic = '', name, promises }, index) => [
      ...(listed[index - 1]?.topic === topic ? [] : [paint('bold', topic)]),
      [`  ${name}`, paint('dim', ` (${promises})`)],
    ]),
  );
};

/** One check after the other, each told as it comes. */
const runChecks = async (
  context: Context,
  { context: wire }: CheckedServer,
  checks: Checks,
  interrupted: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  try {
    for (const check of checks) {
      if (interrupted.aborted) break;
      const { topic = '', name, promises } = check;
      if (outcomes.at(-1)?.topic !== topic) await tellTopic(context, topic, outcomes.length, checks.length);
      const startedAt = performance.now();
      const verdict = await judge(check, async () => ({ context: wire, close: async () => undefined }));
      const durationMs = Math.round(performance.now() - startedAt);
      const outcome: Outcome = { topic, name, promises, ...tell(verdict, wire), durationMs };
      outcomes.push(outcome);
      if (!context.json) await context.printAll(outcomeLines(outcome));
    }
  } finally {
    await tidy(wire);
  }
  return outcomes;
};

const tellTopic = (context: Context, topic: string, done: number, all: number): Promise<void> =>
  context.json
    ? context.note(paint('dim', `${done} of ${all} done, now: ${topic}`))
    : context.print('', paint('bold', topic));

const write = async (file: string, text: string): Promise<void> => {
  await writeFile(file, text).catch((error: unknown) => {
    throw new Failure('general', {
      happened: `${file} cannot be written`,
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Choose another place with --junit.',
    });
  });
};
