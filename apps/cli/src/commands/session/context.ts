import type { ContextFile, SessionContext } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { collect } from '../../settings/setting-flags.ts';
import { oneLine, reveal } from '../../terminal/clean.ts';
import { table } from '../../terminal/table.ts';
import type { Text } from '../../terminal/text.ts';

const Flags = z.object({
  add: z.array(z.string()).optional(),
  remove: z.array(z.string()).optional(),
  enableTool: z.array(z.string()).optional(),
  disableTool: z.array(z.string()).optional(),
});

export const context = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Shows what the agent of a session works with, and changes what it is told with every message.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option('--add <path>', 'name this file of the workspace to the agent; may be repeated', collect)
      .option('--remove <path>', 'name it no more; may be repeated', collect)
      .option('--enable-tool <tool>', 'ask the agent to use this tool; may be repeated', collect)
      .option('--disable-tool <tool>', 'ask the agent not to use it; may be repeated', collect)
      .addHelpText(
        'after',
        `
Tools are wished for in words: no agent is forced. A policy for approvals can forbid one.

Examples:
  $ ah session context latest
  $ ah session context latest --add src/auth.ts --disable-tool execute`,
      ),
  run: async (program, [name = ''], { add, remove, enableTool, disableTool }) => {
    const client = await program.client();
    const sessionId = await findSession(client, name);
    const isRead = [add, remove, enableTool, disableTool].every((wish) => wish === undefined);
    const found = isRead
      ? await client.conversations.context(sessionId)
      : await client.conversations.updateContext(sessionId, {
          add_files: add,
          remove_files: remove,
          enable_tools: enableTool,
          disable_tools: disableTool,
        });
    await program.show(found, () => linesOf(found, program.columns));
  },
});

const linesOf = (
  { context_window: use, context_files, enabled_tools, disabled_tools, active_model }: SessionContext,
  columns: number | undefined,
): readonly Text[] => {
  const of = use.total_tokens === null ? '' : ` of ${use.total_tokens}`;
  const by = use.estimated_by === undefined ? '' : ` by ${oneLine(use.estimated_by)}`;
  const how = use.estimate ? ` (estimated${by})` : '';
  const names = (tools: readonly string[]) => (tools.length === 0 ? 'none' : oneLine(tools.join(', ')));
  return [
    `model     ${oneLine(active_model?.type ?? 'not told by the agent')}`,
    `tokens    ${use.used_tokens}${of}: ${use.input_tokens} in, ${use.output_tokens} out${how}`,
    `tools     ${names(enabled_tools)}`,
    ...(disabled_tools.length === 0 ? [] : [`not       ${names(disabled_tools)}`]),
    ...(context_files.length === 0 ? ['No files.'] : table(fileColumns, context_files, columns)),
  ];
};

const fileColumns = [
  { title: 'SOURCE', cell: ({ source }: ContextFile) => source },
  { title: 'TOKENS', cell: ({ tokens }: ContextFile) => (tokens === null ? '?' : `~${tokens}`) },
  { title: 'PATH', cell: ({ path }: ContextFile) => reveal(path) },
];
