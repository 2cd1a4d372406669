export {
  type Check,
  judge,
  NotApplicable,
  type Opened,
  runCheck,
  type Skip,
  type Suite,
  skipReasons,
  topic,
  type Verdict,
} from './check.ts';
export { CheckFailed, type Evidence, holds, present, rejectsWith, same } from './expect.ts';
export type { Behaviour, ManagerContext } from './manager/context.ts';
export { managerSuite } from './manager/index.ts';
export { mockAgent, quickMockAgent } from './manager/mock-agents.ts';
export type { StoreContext } from './store/samples.ts';
export { storeSuite } from './store/suite.ts';
export { agentsOf, type NamedAgents } from './wire/agents-of.ts';
export { readAnswers, type WireAnswer } from './wire/answer.ts';
export { tidy } from './wire/bench.ts';
export type { Exchange, WireContext } from './wire/context.ts';
export { wireSuite } from './wire/index.ts';
