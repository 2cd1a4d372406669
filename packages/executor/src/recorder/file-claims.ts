import { relative, resolve } from 'node:path';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';

/** Which tool said that it changes which file. The changes themselves are seen by watching the workspace. */
export interface FileClaims {
  claim(path: string, toolExecutionId: string): void;
  release(toolExecutionId: string): void;
  /** The event with the id of the tool that claimed its file. */
  attribute(body: EventBody): EventBody;
}

/** A change is seen a moment after it was made, so a tool that ended a moment ago may still be its author. */
const afterglowMs = 3_000;

export const createFileClaims = (workspace: string, clock: Clock): FileClaims => {
  const claims = new Map<string, { readonly tool: string; until: number }>();
  const pathInWorkspace = (path: string) =>
    relative(workspace, resolve(workspace, path)).replaceAll('\\', '/');
  return {
    claim(path, tool) {
      claims.set(pathInWorkspace(path), { tool, until: Number.POSITIVE_INFINITY });
    },
    release(tool) {
      for (const claim of claims.values()) {
        if (claim.tool === tool) claim.until = Math.min(claim.until, clock.now() + afterglowMs);
      }
    },
    attribute(body) {
      if (body.type !== 'file_edit' && body.type !== 'diff') return body;
      const path = body.type === 'file_edit' ? body.file_path : body.path;
      const claim = claims.get(path);
      if (claim === undefined || body.tool_execution_id !== undefined) return body;
      if (claim.until < clock.now()) {
        claims.delete(path);
        return body;
      }
      return { ...body, tool_execution_id: claim.tool };
    },
  };
};
