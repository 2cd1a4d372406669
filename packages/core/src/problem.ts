import { problems } from '@agent-harbor/api-contract/problem';
import { Problem } from './problem/bare.ts';

// Whoever loads this module makes problems that speak. It is listed under `sideEffects` in package.json.
Problem.facts = problems;

export {
  documentDetail,
  fieldProblem,
  type ProblemContext,
  type ProblemFacts,
  type ProblemMembers,
  problemFrom,
  reasonOf,
  throwIfAborted,
} from './problem/bare.ts';
export { Problem };
