import { CreateTask } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { startAccessPoint } from '../access-point.ts';
import { agentHelp, withProgram } from '../agent-flags.ts';
import { connectTo } from '../connect.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { hereFlags, programHere } from '../here-flags.ts';
import { nextSteps } from '../next-steps.ts';
import { type Played, playTask } from '../play-task.ts';
import { readPrompt } from '../prompt-flag.ts';
import { readRepo } from '../repo-flag.ts';
import { catchInterrupts, type Running, untilInterrupted } from '../serve.ts';
import { findLocalServer } from '../settings/local-server.ts';
import { withSettings } from '../settings/setting-flags.ts';
import { clientSettings, serverSettings } from '../settings/table.ts';
import { TaskFlags, withTask } from '../task-flags.ts';
import { paint } from '../terminal/text.ts';

const Flags = TaskFlags.extend({ once: z.boolean().optional() });
type Flags = z.infer<typeof Flags>;

/** What of a server's settings decides about agents, and about its end. */
const { port, stopSessions, approve, agentCredentials, agentLends, agentPrograms } = serverSettings;
const stateDir = { ...clientSettings.stateDir, about: 'where the server keeps everything' };

export const start = defineCommand({
  flags: Flags,
  takesArgv: true,
  declare: (command) =>
    withCommon(
      withSettings(
        withTask(
          command
            .description(
              'Starts the server, runs a task on it and shows what happens: a demonstration, or your own task.',
            )
            .option('--once', 'end when the session has ended, with exit code 0 when it completed'),
          'a small demo with a failing test',
        ),
        [stateDir, port, stopSessions, approve, agentCredentials, agentLends, agentPrograms],
      ),
    ).addHelpText(
      'after',
      `
Without --repo the agent that plays scenarios mends a small demo repository in the state directory.
Ctrl-C stops the server. A session that still runs goes on and the next server takes it up again, unless
--stop-sessions is given. Where a server runs on the state directory already, the task is given to that one.
${agentHelp}

Examples:
  $ ah start
  $ ah start --once
  $ ah start --repo ~/code/site --prompt "Make the tests pass" --agent codex --agent-credentials codex
  $ ah start --repo ~/code/site --prompt "Make the tests pass" --agent acp -- my-agent --acp
  $ ah start --repo . --prompt Hello --agent command -- sh -c 'echo "$1" > hello.txt' sh '{prompt}'`,
    ),
  run: async (context, argv, flags) => {
    const request = await requestFrom(context, argv, flags);
    catchInterrupts(context);
    const { url, client, server } = await findOrStart(context);
    let played: Played | undefined;
    try {
      played = await playTask(context, client, request);
      const isDone = flags.once === true || server === undefined || played.unwatched.length > 0;
      if (isDone) return played.exitCode;
      if (!context.json) await sayWhatNext(context, url, played);
      await untilInterrupted(context);
      return;
    } finally {
      await client.close();
      await leave(context, server, played?.unwatched ?? []);
    }
  },
});

interface Served {
  readonly url: string;
  readonly client: HarborClient;
  /** Only where it was started for this run. */
  readonly server?: Running;
}

/** The server on the state directory, or one started for this run. */
const findOrStart = async (context: Context): Promise<Served> => {
  const settings = await context.settings();
  const there = await findServer(settings);
  if (there !== undefined) {
    const { url, pid, client } = there;
    if (!context.json) {
      await context.print([
        paint('green', '●'),
        ` Agent Harbor runs already: ${url} (process ${pid}) takes the task`,
      ]);
    }
    return { url, client };
  }
  const server = await startAccessPoint(context);
  if (!context.json) {
    await context.print([
      [paint('green', '●'), ' Agent Harbor serves ', paint('bold', server.url)],
      `, its state is in ${server.stateDir}`,
    ]);
  }
  return { url: server.url, client: await connectTo(server.url, settings), server };
};

/** A server on the state directory that answers: the file it left may be older than a crash. */
const findServer = async (settings: Parameters<typeof connectTo>[1]) => {
  const there = await findLocalServer(settings.stateDir);
  if (there === undefined) return undefined;
  const probe = await connectTo(there.url, settings, { attempts: 1 });
  const answers = await probe.service.version().then(
    () => true,
    () => false,
  );
  await probe.close();
  return answers ? { ...there, client: await connectTo(there.url, settings) } : undefined;
};

/** Ends what this run started, and says what goes on without it. */
const leave = async (
  context: Context,
  server: Running | undefined,
  unwatched: readonly string[],
): Promise<void> => {
  const says = (...lines: string[]) => (context.json ? undefined : context.note(...lines));
  const stops = (await context.settings()).group('server').get('stopSessions')?.value === true;
  if (server !== undefined)
    await says(stops ? 'Stopping the server and its sessions …' : 'Stopping the server …');
  await server?.close();
  if (server !== undefined && stops) return;
  for (const id of unwatched) {
    await says(
      server === undefined
        ? `Session ${id} goes on: ah session events ${id} --follow shows it, ah session stop ${id} ends it.`
        : `Session ${id} goes on under its recorder. The next server on ${server.stateDir} takes it up again: ah start, or ah agent access-point. (--stop-sessions stops it with the server.)`,
    );
  }
};

/** The task of the command line; what it leaves open comes from the demonstration, or is asked for. */
const requestFrom = async (context: Context, argv: readonly string[], flags: Flags): Promise<CreateTask> => {
  const { io } = context;
  const prompt = await readPrompt(flags, io);
  const agents = withProgram(flags.agent, argv);
  const isDemo = flags.repo === undefined;
  if (!isDemo && (prompt === undefined || agents.length === 0)) {
    throw new Failure('validation', {
      happened: 'The task is not complete',
      detail: `${flags.repo} is your own repository: only you know what to do there.`,
      remedy: 'Say it with --prompt <text>, and who does it with --agent <type> (acp, command or mock).',
    });
  }
  if (!isDemo) {
    return parse(CreateTask, { prompt, repo: readRepo(flags.repo, flags.branch, io.cwd), agents });
  }
  const { demoAgent, demoPrompt, prepareDemo } = await import('../demo.ts');
  const { stateDir } = await context.settings();
  const demo = await prepareDemo(stateDir);
  return parse(CreateTask, {
    prompt: prompt ?? demoPrompt,
    // From its first commit, unless a branch of it is asked for.
    repo: flags.branch === undefined ? demo : { mode: 'git', url: demo.url, branch: flags.branch },
    agents: agents.length === 0 ? [demoAgent] : agents,
  });
};

const sayWhatNext = async (context: Context, url: string, { sessions }: Played): Promise<void> => {
  const { keyFile } = await import('@agent-harbor/rest-client/local-key');
  const settings = await context.settings();
  const flags = hereFlags(settings, url);
  const place = { url, keyFile: keyFile(settings.stateDir), program: programHere(context), flags };
  const steps = nextSteps(sessions, place);
  await context.print(
    '',
    [paint('bold', 'What next?'), ' The server goes on serving; Ctrl-C stops it.'],
    ...steps.flatMap(({ type, why }) => ['', paint('dim', `  # ${why}`), `  ${type}`]),
    '',
    ['  ', paint('dim', `# everything else: ah --help, and in a browser ${url}/api/docs`)],
  );
};
