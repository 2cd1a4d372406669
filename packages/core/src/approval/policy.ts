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
  /** What sort of tool it is (`edit`, `execute`), where the agent says so: a rule about tools may name it, too. */
  readonly kind?: string | undefined;
  readonly paths: readonly string[];
}

/** What the policy says to a request: of the rules that hold the last one, else the default. */
export const decisionFor = (
  policy: ApprovalPolicy,
  { tool, kind, paths }: PermissionRequest,
): ApprovalDecision => {
  const names = [tool, kind].filter((name) => name !== undefined);
  const rule = policy.rules.findLast(
    (candidate) =>
      (!('tool' in candidate) || names.some((name) => matches(candidate.tool, name))) &&
      (candidate.path === undefined || isAbout(paths, candidate.path, candidate.decision)),
  );
  return rule?.decision ?? policy.default;
};

/** Leave is given for every path or not at all; a single one is enough to be careful. */
const isAbout = (paths: readonly string[], pattern: string, decision: ApprovalDecision): boolean => {
  const fits = (path: string) => matches(pattern, path);
  return decision === 'allow' ? paths.length > 0 && paths.every(fits) : paths.some(fits);
};
