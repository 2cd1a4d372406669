import { planTool, type ToolPlan, type ToolUse } from '@agent-harbor/scenario';
import type { ToolKind } from '@agentclientprotocol/sdk';

/** What using a tool means here: one that is only told is not performed. */
export const planOf = (tool: ToolUse): ToolPlan =>
  tool['x-told'] === true ? { kind: 'told' } : planTool(tool);

/** What sort of tool it is to the protocol, and the file it is about, below the working directory. */
export const whereabouts = (plan: ToolPlan): { kind: ToolKind; path?: string } => {
  switch (plan.kind) {
    case 'run':
      return { kind: 'execute' };
    case 'edit':
      return { kind: 'edit', path: plan.edit.path };
    case 'read':
      return { kind: 'read', path: plan.path };
    case 'change':
      return { kind: plan.isKept ? 'edit' : 'read', path: plan.path };
    case 'look':
      return {
        kind: plan.look.what === 'list' ? 'read' : 'search',
        ...(plan.look.path === '' ? {} : { path: plan.look.path }),
      };
    case 'plan':
      return { kind: 'think' };
    case 'leave-plan':
      return { kind: 'switch_mode' };
    case 'shell':
      return { kind: 'execute' };
    case 'told':
    case 'refused':
      return { kind: 'other' };
  }
};

export const titleOf = ({ toolName, args }: Pick<ToolUse, 'toolName' | 'args'>, path?: string): string => {
  const command = args.cmd ?? args.command;
  if (command !== undefined) return Array.isArray(command) ? command.join(' ') : String(command);
  return path === undefined ? toolName : `${toolName} ${path}`;
};
