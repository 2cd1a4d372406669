import { z } from 'zod';
import type { ContractDiff } from './compare.ts';
import { Finding, type FindingClass } from './finding.ts';

/** From which class on a change is not let through. */
export const FailOn = z.enum(['breaking', 'additive', 'none']);
export type FailOn = z.infer<typeof FailOn>;

/** Somebody who knows of a change and wants it. */
export interface Acceptance {
  /** Who says so: a changeset, a flag. */
  readonly by: string;
  /** The rules or ids of findings that are meant; undefined for all that breaks. */
  readonly only: readonly string[] | undefined;
}

/** A comparison and whether it may pass: what `ah contract diff --json` prints. */
export const ContractReport = z
  .object({
    /** `info.version` of each document. */
    from: z.string(),
    to: z.string(),
    failOn: FailOn,
    /** Whether every change from `failOn` on is accepted. */
    passed: z.boolean(),
    breaking: z.number().int(),
    additive: z.number().int(),
    neutral: z.number().int(),
    /** How many of them somebody accepts. */
    accepted: z.number().int(),
    /** The worst first. */
    findings: z.array(
      Finding.extend({
        /** Who accepts it; null when nobody does. */
        acceptedBy: z.string().nullable(),
      }),
    ),
  })
  .strict();
export type ContractReport = z.infer<typeof ContractReport>;

/** Decides whether a comparison passes. */
export const judge = (
  { from, to, findings }: ContractDiff,
  { failOn, acceptances }: { readonly failOn: FailOn; readonly acceptances: readonly Acceptance[] },
): ContractReport => {
  const judged = findings.map((finding) => ({ ...finding, acceptedBy: accepterOf(finding, acceptances) }));
  const count = (weight: FindingClass) => findings.filter((finding) => finding.class === weight).length;
  return {
    from,
    to,
    failOn,
    passed: judged.every((finding) => finding.acceptedBy !== null || !stops(finding.class, failOn)),
    breaking: count('breaking'),
    additive: count('additive'),
    neutral: count('neutral'),
    accepted: judged.filter((finding) => finding.acceptedBy !== null).length,
    findings: judged,
  };
};

const stops = (weight: FindingClass, failOn: FailOn): boolean =>
  failOn !== 'none' && (weight === 'breaking' || weight === failOn);

const accepterOf = (finding: Finding, acceptances: readonly Acceptance[]): string | null =>
  acceptances.find(({ only }) =>
    only === undefined
      ? finding.class === 'breaking'
      : only.includes(finding.rule) || only.includes(finding.id),
  )?.by ?? null;
