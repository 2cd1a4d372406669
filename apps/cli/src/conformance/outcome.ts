import { CheckFailed, type Verdict } from '@agent-harbor/conformance';
import { type Reproduction, reproduce } from './reproduce.ts';

/** What became of one check, as every report tells it. */
export interface Outcome {
  readonly topic: string;
  readonly name: string;
  readonly promises: string;
  readonly outcome: Verdict['kind'];
  readonly durationMs: number;
  /** Why it does not hold, or does not apply. */
  readonly reason?: string;
  readonly reproduction?: Reproduction;
}

/** The part of an outcome the verdict decides. The key never shows. */
export const tell = (
  verdict: Verdict,
  server: { readonly base: string; readonly apiKey: string },
): Pick<Outcome, 'outcome' | 'reason' | 'reproduction'> => {
  if (verdict.kind === 'holds') return { outcome: 'holds' };
  if (verdict.kind === 'not-applicable') return { outcome: 'not-applicable', reason: verdict.reason };
  const { error } = verdict;
  const message = error instanceof Error ? error.message : String(error);
  const evidence = error instanceof CheckFailed ? error.evidence : undefined;
  return {
    outcome: 'fails',
    reason: server.apiKey === '' ? message : message.replaceAll(server.apiKey, '***'),
    ...(evidence === undefined ? {} : { reproduction: reproduce(evidence, server) }),
  };
};

/** How many of each there are. */
export const sum = (outcomes: readonly Outcome[]): Readonly<Record<Verdict['kind'], number>> => {
  const count = (kind: Verdict['kind']) => outcomes.filter(({ outcome }) => outcome === kind).length;
  return { holds: count('holds'), fails: count('fails'), 'not-applicable': count('not-applicable') };
};
