export { type ContractDiff, compareContracts } from './compare.ts';
export { Direction, Finding, FindingClass } from './finding.ts';
export { type Acceptance, ContractReport, FailOn, judge } from './judge.ts';
export type { Rule, Verdict } from './rule.ts';
export { rules } from './rules.ts';
export { UnreadableDocument } from './unreadable.ts';
