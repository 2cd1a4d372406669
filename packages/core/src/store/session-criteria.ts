import type { AgentType, SessionStatus, SessionWorkspace } from '@agent-harbor/api-contract/schemas';
import { withoutPassword } from '../catalogue/repository.ts';
import { fieldProblem } from '../problem.ts';
import { readWordQuery, type WordQuery } from './search.ts';
import type { SessionFilter } from './store.ts';

/** What a session filter means, said once for every store. What is undefined asks for nothing; all others must hold. */
export interface SessionCriteria {
  /** One of these; none when empty. */
  readonly statuses: readonly SessionStatus[] | undefined;
  readonly agent: AgentType | undefined;
  /** The workspace in one of these states. */
  readonly workspaces: readonly SessionWorkspace['state'][] | undefined;
  readonly projectId: string | undefined;
  readonly tenantId: string | undefined;
  /** The url of the repository, without a password or token. */
  readonly repo: string | undefined;
  readonly taskId: string | undefined;
  /** Key and value of every label that must be there. */
  readonly labels: readonly (readonly [string, string])[];
  /** Exclusive bounds on the time of creation, milliseconds. */
  readonly createdAfter: number | undefined;
  readonly createdBefore: number | undefined;
  /** Words of the prompt; null can match nothing. */
  readonly words: WordQuery | null | undefined;
  /** Whether archived sessions are shown among the others. */
  readonly withArchived: boolean;
}

/** Reads a filter; what cannot be read is a problem that names the member. */
export const readSessionFilter = (filter: SessionFilter): SessionCriteria => ({
  statuses: filter.status,
  agent: filter.agent,
  workspaces: filter.workspace,
  projectId: filter.projectId,
  tenantId: filter.tenantId,
  repo: filter.repo === undefined ? undefined : withoutPassword(filter.repo),
  taskId: filter.taskId,
  labels: [filter.label ?? []].flat().map(readLabel),
  createdAfter: readTime('createdAfter', filter.createdAfter),
  createdBefore: readTime('createdBefore', filter.createdBefore),
  words: filter.q === undefined ? undefined : readWordQuery(filter.q),
  withArchived: filter.archived === 'true',
});

/** `key:value`; the first colon separates, so a value may hold more of them. */
const readLabel = (label: string): readonly [string, string] => {
  const colon = label.indexOf(':');
  if (colon < 1) throw fieldProblem('label', 'must be key:value');
  return [label.slice(0, colon), label.slice(colon + 1)];
};

const readTime = (field: string, time: string | undefined): number | undefined => {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw fieldProblem(field, 'is not a time');
  return ms;
};
