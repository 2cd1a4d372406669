import { problems } from '@agent-harbor/api-contract/problem';
import { Problem } from './problem/bare.ts';

// Whoever loads this module makes problems that speak. Listed under `sideEffects` in package.json.
Problem.words = problems;

export {
  documentDetail,
  fieldProblem,
  type ProblemContext,
  type ProblemMembers,
  type ProblemWords,
  problemFrom,
  reasonOf,
  throwIfAborted,
} from './problem/bare.ts';
export { Problem };
