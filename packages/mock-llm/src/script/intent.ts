import { planTool, ToolUse } from '@agent-harbor/scenario';
import { z } from 'zod';
import type { Use } from './item.ts';

const Command = z.union([z.string().min(1), z.array(z.string()).min(1)]);
const Run = z.union([
  z.object({ cmd: Command, cwd: z.string().optional() }),
  z
    .object({ command: Command, cwd: z.string().optional() })
    .transform(({ command, cwd }) => ({ cmd: command, cwd })),
]);

/** What the use of a tool is for. What nobody here knows is used by its name. */
export const useOf = (tool: ToolUse): Use => {
  const { toolName, args, progress } = tool;
  const expects = progress.flatMap(({ expectOutput }) => (expectOutput === undefined ? [] : [expectOutput]));
  const named: Use = { title: toolName, intent: { kind: 'named', name: toolName, args }, expects };
  const plan = planTool(tool);
  switch (plan.kind) {
    case 'run': {
      const run = Run.safeParse(args);
      if (!run.success) return named;
      const { cmd: command, cwd } = run.data;
      return { ...named, intent: { kind: 'run', command, cwd } };
    }
    case 'edit':
      return { ...named, intent: { kind: 'edit', edit: plan.edit, everywhere: plan.everywhere } };
    case 'read':
      return { ...named, intent: { kind: 'read', path: plan.path } };
    default:
      return named;
  }
};

/** The use of a tool that is an entry of its own. */
export const namedUse = (toolName: string, args: ToolUse['args']): Use =>
  useOf(ToolUse.parse({ toolName, args }));
