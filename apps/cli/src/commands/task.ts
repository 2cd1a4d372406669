import { CreateTask, type LaunchedTask } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { Agents, withAgents } from '../agent-flags.ts';
import { type Context, collect, defineCommand, withCommon, withServer } from '../command.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { followSession } from '../follow.ts';
import { readPrompt } from '../prompt-flag.ts';
import { readRepo } from '../repo-flag.ts';

const Flags = z.object({
  prompt: z.string().optional(),
  promptFile: z.string().optional(),
  repo: z.string().optional(),
  branch: z.string().optional(),
  agent: Agents.default([]),
  delivery: z.enum(['branch', 'none']).optional(),
  targetBranch: z.string().optional(),
  label: z.array(z.string().regex(/^[^=]+=/, 'must be key=value')).default([]),
  project: z.string().optional(),
  follow: z.boolean().optional(),
});
type Flags = z.infer<typeof Flags>;

export const task = defineCommand({
  flags: Flags,
  declare: (command) =>
    withAgents(
      withCommon(withServer(command))
        .description(
          'Launches a task: every agent gets its own copy of the repository and works on the prompt.',
        )
        .option('--prompt <text>', 'what to do')
        .option('--prompt-file <file>', 'the file that says what to do; - is standard input')
        .option('--repo <path|url|none>', 'the repository (the one you stand in)')
        .option('--branch <name>', 'the branch to start from (the default branch)')
        .option('--delivery <mode>', 'how the work comes back: branch (the usual) or none')
        .option('--target-branch <name>', 'the branch to deliver to (a new one is named by itself)')
        .option('--label <key=value>', 'a label for the sessions; may be repeated', collect)
        .option('--project <id>', 'the project they belong to')
        .option(
          '-f, --follow',
          'show what happens until every session has ended; Ctrl-C only stops watching',
        ),
    ).addHelpText(
      'after',
      `
--model, --instances and --setting belong to the --agent before them.
With --follow the exit code is 0 when every session completed, else 1.

Examples:
  $ ah task --agent mock --setting scenario=fix-failing-test --prompt "Make the tests pass" --follow
  $ ah task --repo ~/work/site --agent acp --setting 'command=["gemini","--experimental-acp"]' --prompt-file todo.md
  $ ah task --repo https://github.com/me/app.git --agent command --setting 'command=["codex","exec","{prompt}"]' \\
      --instances 3 --prompt "Speed up the build"`,
    ),
  run: async (context, _args, flags) => {
    const request = await requestFrom(context, flags);
    const client = await context.client();
    const launched = await client.tasks.launch(request);
    announce(context, launched);
    if (flags.follow !== true) return;
    return followAll(context, client, launched.session_ids);
  },
});

const requestFrom = async ({ io }: Context, flags: Flags): Promise<CreateTask> => {
  const prompt = await readPrompt(flags, io);
  if (prompt === undefined) {
    throw new Failure('validation', {
      happened: 'There is no prompt',
      remedy: 'Say what to do with --prompt <text>, or with --prompt-file <file> (- reads standard input).',
    });
  }
  if (flags.agent.length === 0) {
    throw new Failure('validation', {
      happened: 'There is no agent',
      remedy: 'Choose one with --agent <type>; `ah remote agents` lists them.',
    });
  }
  const mode = flags.delivery ?? (flags.targetBranch === undefined ? undefined : 'branch');
  return parse(CreateTask, {
    prompt,
    repo: readRepo(flags.repo, flags.branch, io.cwd),
    agents: flags.agent,
    delivery: mode === undefined ? undefined : { mode, targetBranch: flags.targetBranch },
    labels: Object.fromEntries(flags.label.map(splitLabel)),
    projectId: flags.project,
  });
};

const splitLabel = (label: string): [string, string] => {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
};

const announce = (context: Context, launched: LaunchedTask): void => {
  if (context.json) {
    context.printJson(launched);
    return;
  }
  for (const id of launched.session_ids) context.print(`${context.style('bold', id)} ${launched.status}`);
};

/** Shows every session; several at once get a number in front of their lines. */
const followAll = async (
  context: Context,
  client: HarborClient,
  ids: readonly string[],
): Promise<ExitCode> => {
  const statuses = await Promise.all(
    ids.map((id, index) =>
      followSession(context, client, id, {
        prefix: ids.length === 1 || context.json ? '' : `[${index + 1}] `,
      }),
    ),
  );
  if (context.io.interrupted.aborted) return exitCodes.interrupted;
  return statuses.every((status) => status === 'completed') ? exitCodes.ok : exitCodes.general;
};
