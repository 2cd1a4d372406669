import type { Direction, FindingClass } from './finding.ts';

/** How bad a change is for who depends on the contract, and the sentence that says why and what to do. */
export interface Verdict {
  readonly class: FindingClass;
  readonly why: string;
}

/** One kind of change. A direction without a verdict is one the change cannot come from. */
export interface Rule extends Readonly<Partial<Record<Direction, Verdict>>> {
  /** Kebab-case; stable, since changesets and scripts name it. */
  readonly id: string;
  /** What happened, to be read after the place: `a value was added to the enum`. */
  readonly what: string;
}

export const breaking = (why: string): Verdict => ({ class: 'breaking', why });
export const additive = (why: string): Verdict => ({ class: 'additive', why });
export const neutral = (why: string): Verdict => ({ class: 'neutral', why });

/** One verdict for all that clients receive. */
export const received = (verdict: Verdict): { readonly response: Verdict; readonly event: Verdict } => ({
  response: verdict,
  event: verdict,
});

/** One verdict whoever sends it. */
export const everywhere = (verdict: Verdict): Readonly<Record<Direction, Verdict>> => ({
  request: verdict,
  response: verdict,
  event: verdict,
});
