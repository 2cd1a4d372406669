import { CreateTask, type Session } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { Agents, withAgents } from '../agent-flags.ts';
import { type Context, defineCommand, withCommon } from '../command.ts';
import { connectTo } from '../connect.ts';
import { demoPrompt, demoScenario, prepareDemo } from '../demo.ts';
import { Failure } from '../failure.ts';
import { playTask } from '../play-task.ts';
import { programCommands } from '../programs/locate.ts';
import { readPrompt } from '../prompt-flag.ts';
import { readRepo } from '../repo-flag.ts';
import { catchInterrupts, type Running, untilInterrupted } from '../serve.ts';
import { findLocalServer } from '../settings/local-server.ts';
import { oneLine } from '../terminal/sanitise.ts';
import { shellWord } from '../terminal/shell-word.ts';

const Flags = z.object({
  port: z.string().optional(),
  repo: z.string().optional(),
  branch: z.string().optional(),
  prompt: z.string().optional(),
  promptFile: z.string().optional(),
  agent: Agents.default([]),
  once: z.boolean().optional(),
  stopSessions: z.boolean().optional(),
});
type Flags = z.infer<typeof Flags>;

export const start = defineCommand({
  flags: Flags,
  declare: (command) =>
    withAgents(
      withCommon(command)
        .description(
          'Starts the server, runs a task on it and shows what happens: a demonstration, or your own task.',
        )
        .option('--once', 'end when the session has ended, with exit code 0 when it completed')
        .option('--repo <path|url>', 'work on this repository (a small demo with a failing test)')
        .option('--branch <name>', 'the branch to start from (the default branch)')
        .option('--prompt <text>', 'what to do')
        .option('--prompt-file <file>', 'the file that says what to do; - is standard input')
        .option('--port <number>', 'the port of the server; 0 takes a free one (AH_PORT; 3001)')
        .option('--state-dir <dir>', 'where the server keeps everything (AH_HOME)')
        .option(
          '--stop-sessions',
          'stop running sessions with the server; they go on by default (AH_STOP_SESSIONS)',
        ),
    ).addHelpText(
      'after',
      `
Without --repo the agent that plays scenarios mends a small demo repository in the state directory.
Ctrl-C stops the server. A session that still runs goes on and the next server takes it up again, unless
--stop-sessions is given. Where a server runs on the state directory already, the task is given to that one.

Examples:
  $ ah start
  $ ah start --once
  $ ah start --repo ~/work/site --prompt "Make the tests pass" --agent acp --setting 'command=["opencode","acp"]'`,
    ),
  run: async (context, _args, flags) => {
    const request = await requestFrom(context, flags);
    catchInterrupts(context);
    const { server, base } = await findOrStart(context, flags);
    try {
      const client = await connectTo(base, context.settings);
      try {
        const played = await playTask(context, client, request);
        if (flags.once === true || server === undefined || context.io.interrupted.aborted)
          return played.exitCode;
        if (!context.json) context.print(whatNext(context, base, played.sessions));
      } finally {
        await client.close();
      }
      await untilInterrupted(context);
      return;
    } finally {
      if (server !== undefined && !context.json) context.io.stderr.write('Stopping the server …\n');
      await server?.close();
    }
  },
});

/** The server on the state directory, or one started for this run. */
const findOrStart = async (context: Context, flags: Flags): Promise<{ base: string; server?: Running }> => {
  const { settings, style } = context;
  const there = await findLocalServer(settings.stateDir);
  if (there !== undefined) {
    if (!context.json)
      context.print(
        `${style('green', '●')} the server at ${there.url} (process ${there.pid}) takes the task`,
      );
    return { base: there.url };
  }
  const { startServer, ServerConfig } = await import('@agent-harbor/server/start');
  const given = settings.server('server', {
    port: flags.port === undefined ? undefined : Number(flags.port),
    stopSessions: flags.stopSessions,
  });
  const config = { ...given, stateDir: settings.stateDir, apiKey: settings.apiKey, ...programCommands() };
  const server = await startServer(parse(ServerConfig, config));
  if (!context.json) {
    context.print(
      `${style('green', '●')} Agent Harbor serves ${style('bold', server.url)}, its state is in ${server.stateDir}`,
    );
  }
  return { base: server.url, server };
};

/** The task of the command line; what it leaves open comes from the demonstration, or is asked for. */
const requestFrom = async ({ io, settings }: Context, flags: Flags): Promise<CreateTask> => {
  const prompt = await readPrompt(flags, io);
  const isDemo = flags.repo === undefined;
  if (!isDemo && (prompt === undefined || flags.agent.length === 0)) {
    throw new Failure('validation', {
      happened: 'The task is not complete',
      detail: `${flags.repo} is your own repository: only you know what to do there.`,
      remedy: 'Say it with --prompt <text>, and who does it with --agent <type> (acp, command or mock).',
    });
  }
  const demoAgent = { type: 'mock', settings: { scenario: demoScenario } };
  return parse(CreateTask, {
    prompt: prompt ?? demoPrompt,
    repo: isDemo
      ? { mode: 'git', url: await prepareDemo(settings.stateDir), branch: flags.branch }
      : readRepo(flags.repo, flags.branch, io.cwd),
    agents: flags.agent.length === 0 ? [demoAgent] : flags.agent,
  });
};

/** What to type next, ready to be copied. */
const whatNext = ({ io, style }: Context, base: string, sessions: readonly Session[]): string => {
  // Under npm the command is not on the PATH.
  const ah = io.env.npm_lifecycle_event === 'start' ? 'node apps/cli/bin/ah.js' : 'ah';
  const [session] = sessions;
  const steps: [string, string][] = [];
  const { branch } = session?.delivered ?? {};
  const url = session?.repo.url;
  if (branch !== undefined && url?.startsWith('/')) {
    const git = `git -C ${shellWord(oneLine(url))}`;
    steps.push([`${git} diff HEAD...${shellWord(oneLine(branch))}`, 'look at the work']);
    steps.push([`${git} merge ${shellWord(oneLine(branch))}`, 'take it']);
  }
  steps.push(
    [`${ah} session events latest`, 'what happened, again'],
    [
      `${ah} task --repo <yours> --agent acp --setting 'command=["<agent>"]' --prompt <text> --follow`,
      'your own task',
    ],
    [`${ah} --help`, 'everything else'],
    [`${base}/api/docs`, 'the API'],
  );
  const lines = steps.map(([what, why]) => `  ${what}\n      ${style('dim', why)}`);
  return `\n${style('bold', 'What next?')} The server goes on serving ${base}; Ctrl-C stops it.\n${lines.join('\n')}`;
};
