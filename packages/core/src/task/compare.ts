import type { Check, ComparedSession, Comparison, Session } from '@agent-harbor/api-contract/schemas';
import { isTerminal } from '../session/lifecycle.ts';

/** The sessions of a task, the best first, and which of them wins; `now` in milliseconds since the epoch. */
export const compare = (taskId: string, sessions: readonly Session[], now: number): Comparison => {
  const sorted = sessions.map((session) => compared(session, now)).sort(byMerit);
  const ranked = sorted.map((session, index) => ({ ...session, rank: index + 1 }));
  return { taskId, checks: commandsOf(sessions), sessions: ranked, ...verdict(ranked) };
};

const commandsOf = ([first]: readonly Session[]): string[] =>
  (first?.checks ?? []).map(({ command }) => command);

const compared = (session: Session, now: number): ComparedSession => {
  const {
    id,
    agent,
    status,
    statusReason,
    startedAt,
    endedAt,
    usage,
    changes,
    checks = [],
    delivered,
  } = session;
  const { settings: _, ...shown } = agent;
  return {
    sessionId: id,
    rank: 1,
    agent: shown,
    status,
    ...(statusReason === undefined ? {} : { statusReason }),
    durationMs:
      startedAt === undefined
        ? null
        : Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt)),
    usage: usage ?? null,
    changes,
    checks,
    ...(delivered === undefined ? {} : { delivered }),
    links: { self: session.links.self, diff: session.links.diff },
  };
};

const passed = (checks: readonly Check[]): number => checks.filter(({ state }) => state === 'passed').length;
const completed = ({ status }: ComparedSession): number => (status === 'completed' ? 1 : 0);
const lines = ({ changes }: ComparedSession): number => changes.lines_added + changes.lines_removed;
const unknown = Number.POSITIVE_INFINITY;

/** Evidence first, then what is cheaper to pay, to read and to wait for. A tie stays in the order of the launch. */
const byMerit = (left: ComparedSession, right: ComparedSession): number =>
  passed(right.checks) - passed(left.checks) ||
  completed(right) - completed(left) ||
  costApart(left, right) ||
  lines(left) - lines(right) ||
  (left.durationMs ?? unknown) - (right.durationMs ?? unknown) ||
  0;

/** What is not known of one says nothing about both. */
const costApart = (left: ComparedSession, right: ComparedSession): number =>
  (left.usage?.cost_micro_usd ?? Number.NaN) - (right.usage?.cost_micro_usd ?? Number.NaN) || 0;

const verdict = (ranked: readonly ComparedSession[]): Pick<Comparison, 'winner' | 'reason'> => {
  const [best] = ranked;
  const count = best?.checks.length ?? 0;
  if (best === undefined || count === 0) {
    return { winner: null, reason: 'The task names no check, so nothing was tried out: read the diffs.' };
  }
  const going = ranked.filter(({ status }) => !isTerminal(status)).length;
  if (going > 0) return { winner: null, reason: `${going} of ${ranked.length} sessions still go on.` };
  const good = ranked.filter(
    (session) => completed(session) === 1 && passed(session.checks) === count,
  ).length;
  if (good === 0) {
    return {
      winner: null,
      reason: `No session passed every check; the best passed ${passed(best.checks)} of ${count}.`,
    };
  }
  const among =
    good === 1
      ? 'alone'
      : `as ${good} of ${ranked.length} did; of these it comes first by cost, size and time`;
  return { winner: best.sessionId, reason: `It completed and passed every check, ${among}.` };
};
