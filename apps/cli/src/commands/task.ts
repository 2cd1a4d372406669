import { ApprovalDecision, CreateTask, type LaunchedTask } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { agentHelp, withProgram } from '../agent-flags.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../flags.ts';
import { followAll, toTheEnd } from '../follow.ts';
import { readPrompt } from '../prompt-flag.ts';
import { readRepo } from '../repo-flag.ts';
import { collect } from '../settings/setting-flags.ts';
import { TaskFlags, withTask } from '../task-flags.ts';
import { paint } from '../terminal/text.ts';
import { eventsHelp, readTaskWebhooks, TaskWebhookFlags, withTaskWebhooks } from '../webhook-flags.ts';
import { secretLines } from './webhook/webhook-text.ts';

const Flags = TaskFlags.extend({
  delivery: z.enum(['branch', 'pr', 'patch', 'none']).optional(),
  targetBranch: z.string().optional(),
  label: z.array(z.string().regex(/^[^=]+=/, 'must be key=value')).default([]),
  project: z.string().optional(),
  idempotencyKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional(),
  approve: ApprovalDecision.optional(),
  check: z.array(z.string()).default([]),
  interactive: z.boolean().optional(),
  idleTimeout: wholeNumber(0, 86_400).optional(),
  follow: z.boolean().optional(),
}).merge(TaskWebhookFlags);
type Flags = z.infer<typeof Flags>;

export const task = defineCommand({
  flags: Flags,
  takesArgv: true,
  declare: (command) =>
    withCommon(
      withServer(
        withTaskWebhooks(
          withTask(
            command.description(
              'Launches a task: every agent gets its own copy of the repository and works on the prompt.',
            ),
            'the one you stand in',
          ),
        )
          .option('--delivery <mode>', 'how the work comes back: branch (the usual), pr, patch or none')
          .option(
            '--target-branch <name>',
            'the branch to deliver to (a new one is named by itself); with pr the one it is for',
          )
          .option('--label <key=value>', 'a label for the sessions; may be repeated', collect)
          .option('--project <id>', 'the project they belong to')
          .option('--approve <decision>', 'what becomes of what the agents ask leave for: ask, allow or deny')
          .option(
            '--check <command>',
            'tells whether the work is good: run in each workspace at the end; may be repeated',
            collect,
          )
          .option('--interactive', 'wait for further prompts when the agents are done, for 30 minutes')
          .option('--idle-timeout <seconds>', 'how long to wait for the next prompt')
          .option(
            '--idempotency-key <key>',
            'makes repeating the command safe: the same key and task launch once (24 h)',
          )
          .option(
            '-f, --follow',
            'show what happens until every session has ended; Ctrl-C only stops watching',
          ),
      ),
    ).addHelpText(
      'after',
      `
${agentHelp}
With --webhook the secret of each url is shown once.
${eventsHelp}
With --follow the exit code is 0 when every session completed, else 1.

Examples:
  $ ah task --agent mock --setting scenario=fix-failing-test --prompt "Make the tests pass" --follow
  $ ah task --repo ~/code/site --agent acp --prompt-file todo.md -- gemini --experimental-acp
  $ ah task --repo https://github.com/me/app.git --agent command --instances 3 --prompt "Speed up the build" \\
      -- codex exec '{prompt}'
  $ ah task --agent mock --instances 2 --check "npm test" --prompt "Fix the build"   # then: ah task compare latest
  $ ah task --agent mock --webhook https://example.com/hooks --webhook-event completed --prompt "Fix the build"`,
    ),
  run: async (context, argv, flags) => {
    const request = await requestFrom(context, argv, flags);
    const client = await context.client();
    const { idempotencyKey } = flags;
    context.doing('Launching the task');
    const launched = await client.tasks.launch(request, { idempotencyKey });
    await announce(context, launched);
    if (flags.follow !== true) return;
    return toTheEnd(follow(context, client, launched.session_ids));
  },
});

const requestFrom = async ({ io }: Context, argv: readonly string[], flags: Flags): Promise<CreateTask> => {
  const prompt = await readPrompt(flags, io);
  if (prompt === undefined) {
    throw new Failure('validation', {
      happened: 'There is no prompt',
      remedy: 'Say what to do with --prompt <text>, or with --prompt-file <file> (- reads standard input).',
    });
  }
  const agents = withProgram(flags.agent, argv);
  if (agents.length === 0) {
    throw new Failure('validation', {
      happened: 'There is no agent',
      remedy: 'Choose one with --agent <type>; `ah remote agents` lists them.',
    });
  }
  const mode = flags.delivery ?? (flags.targetBranch === undefined ? undefined : 'branch');
  return parse(CreateTask, {
    prompt,
    repo: readRepo(flags.repo, flags.branch, io.cwd),
    agents,
    delivery: mode === undefined ? undefined : { mode, targetBranch: flags.targetBranch },
    labels: Object.fromEntries(flags.label.map(splitLabel)),
    projectId: flags.project,
    approvals: flags.approve === undefined ? undefined : { default: flags.approve },
    checks: flags.check.length === 0 ? undefined : flags.check,
    interactive: flags.interactive,
    idleTimeoutSeconds: flags.idleTimeout,
    webhooks: await readTaskWebhooks(flags, io),
  });
};

const splitLabel = (label: string): [string, string] => {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
};

const announce = async (context: Context, launched: LaunchedTask): Promise<void> =>
  context.show(launched, () => [
    ...launched.session_ids.map((id) => [paint('bold', id), ` ${launched.status}`]),
    ...(launched.webhooks ?? []).flatMap(secretLines),
  ]);

/** Shows what happens in the sessions of a task until all have ended; the exit code of that. */
export const follow = async (
  context: Context,
  client: HarborClient,
  ids: readonly string[],
): Promise<ExitCode> => {
  const statuses = await followAll(context, client, ids);
  if (context.io.interrupted.aborted) {
    if (!context.json) {
      await context.note(
        ...ids.map(
          (id) =>
            `Session ${id} goes on: ah session events ${id} --follow shows it, ah session stop ${id} ends it.`,
        ),
      );
    }
    return exitCodes.interrupted;
  }
  return statuses.every((status) => status === 'completed') ? exitCodes.ok : exitCodes.general;
};
