import type { ApprovalDecision, ApprovalPolicy } from '@agent-harbor/api-contract/schemas';
import { matches } from './pattern.ts';

/** What holds where neither task nor host say otherwise: a person is asked, and silence is no leave. */
export const defaultApprovals: ApprovalPolicy = {
  default: 'ask',
  rules: [],
  expiresAfterSeconds: 600,
  onExpiry: 'deny',
};

/** What an agent asks leave for. Paths inside the workspace are relative to it, with `/`; others are absolute. */
export interface PermissionRequest {
  readonly tool: string | undefined;
  readonly paths: readonly string[];
}

/** What the policy says to a request: of the rules that hold the last one, else the default. */
export const decisionFor = (policy: ApprovalPolicy, { tool, paths }: PermissionRequest): ApprovalDecision => {
  const rule = policy.rules.findLast(
    (candidate) =>
      (!('tool' in candidate) || (tool !== undefined && matches(candidate.tool, tool))) &&
      (candidate.path === undefined || areAll(paths, candidate.path)),
  );
  return rule?.decision ?? policy.default;
};

const areAll = (paths: readonly string[], pattern: string): boolean =>
  paths.length > 0 && paths.every((path) => matches(pattern, path));
