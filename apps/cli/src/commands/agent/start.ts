import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTask } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { agentHelp, withProgram } from '../../agent-flags.ts';
import { connectTo } from '../../connect.ts';
import { Failure } from '../../failure.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { playTask } from '../../play-task.ts';
import { programCommands } from '../../programs/locate.ts';
import { readPrompt } from '../../prompt-flag.ts';
import { readRepo } from '../../repo-flag.ts';
import { catchInterrupts } from '../../serve.ts';
import { configure } from '../../settings/configure.ts';
import { withSettings } from '../../settings/setting-flags.ts';
import { serverSettings } from '../../settings/table.ts';
import { TaskFlags, withTask } from '../../task-flags.ts';

/** What of a server's settings holds here as well. */
const { approve, approvals, agentLends, agentPrograms } = serverSettings;

export const start = defineCommand({
  flags: TaskFlags.extend({ targetBranch: z.string().optional() }),
  takesArgv: true,
  declare: (command) =>
    withSettings(
      withCommon(
        withTask(
          command.description(
            'Runs an agent on a repository here and now. No server has to run and none is left; the work comes back as a branch.',
          ),
          'the one you stand in',
        ).option('--target-branch <name>', 'the branch to deliver to (a new one is named by itself)'),
      ),
      [approve, approvals, agentLends, agentPrograms],
    ).addHelpText(
      'after',
      `
The agent works in its own copy of the repository. Ctrl-C stops it; what it had done by then is delivered.
The exit code is 0 when it completed, else 1.
An agent named here is yours: it gets the keys and the sign-in that are its vendor's. What it asks leave for is denied
where --approve or --approvals says nothing else, as nobody could be asked.
${agentHelp}

Examples:
  $ ah agent start --agent mock --setting scenario=quick-edit --prompt "Say hello"
  $ ah agent start --agent acp --prompt-file todo.md -- my-agent --acp
  $ ah agent start --agent codex --approve allow --prompt "Fix the failing test"`,
    ),
  run: async (context, argv, flags) => {
    const prompt = await readPrompt(flags, context.io);
    if (prompt === undefined || flags.agent.length === 0) {
      throw new Failure('validation', {
        happened: 'The task is not complete',
        remedy: 'Say what to do with --prompt <text>, and who does it with --agent <type>.',
      });
    }
    const request = parse(CreateTask, {
      prompt,
      repo: readRepo(flags.repo, flags.branch, context.io.cwd),
      agents: withProgram(flags.agent, argv),
      delivery:
        flags.targetBranch === undefined ? undefined : { mode: 'branch', targetBranch: flags.targetBranch },
    });
    const { startServer, ServerConfig } = await import('@agent-harbor/server/start');
    const Wishes = ServerConfig.pick({
      approve: true,
      approvals: true,
      agentLends: true,
      agentPrograms: true,
    });
    const settings = await context.settings();
    const wishes = configure(settings, 'server', Wishes.strip(), {});
    catchInterrupts(context);
    const stateDir = await mkdtemp(join(tmpdir(), 'ah-'));
    try {
      // Its own server on a port nobody knows; what still runs ends with it.
      const config = {
        ...wishes,
        approve: settings.group('server').has('approve') ? wishes.approve : 'deny',
        agentCredentials: (request.agents ?? []).map(({ type }) => type),
        ...{ port: 0, stateDir, stopSessions: true },
        ...programCommands(),
      };
      const server = await startServer(parse(ServerConfig, config));
      try {
        const client = await connectTo(server.url, { apiKey: undefined, stateDir });
        try {
          return (await playTask(context, client, request)).exitCode;
        } finally {
          await client.close();
        }
      } finally {
        await server.close();
      }
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  },
});
