import type { TimelineEntry } from '../format/timeline.ts';
import type { ToolUse } from '../format/tool-use.ts';

/** The uses of tools in a timeline. */
export interface Calls {
  /** The number of the next one, from 1 on. */
  next(): number;
  /** The one with this id, wherever it stands. */
  toolOf(toolCallId: string | undefined): ToolUse | undefined;
}

export const createCalls = (timeline: readonly TimelineEntry[]): Calls => {
  const named = new Map<string, ToolUse>();
  for (const { agentToolUse, agentPermissionRequest } of timeline) {
    const branches = [agentPermissionRequest?.['x-whenAllowed'], agentPermissionRequest?.['x-whenDenied']];
    for (const tool of [
      agentToolUse,
      ...branches.flatMap((deeds) => (deeds ?? []).map((deed) => deed.agentToolUse)),
    ]) {
      if (tool?.toolCallId !== undefined && !named.has(tool.toolCallId)) named.set(tool.toolCallId, tool);
    }
  }
  let calls = 0;
  return {
    next() {
      calls += 1;
      return calls;
    },
    toolOf: (toolCallId) => (toolCallId === undefined ? undefined : named.get(toolCallId)),
  };
};
