export { type Check, type Opened, runCheck, type Skip, type Suite, skipReasons } from './check.ts';
export { CheckFailed, holds, present, rejectsWith, same } from './expect.ts';
export type { Behaviour, ManagerContext } from './manager/context.ts';
export { managerSuite } from './manager/index.ts';
export { mockAgent } from './manager/mock-agents.ts';
export type { StoreContext } from './store/samples.ts';
export { storeSuite } from './store/suite.ts';
export type { WireContext } from './wire/context.ts';
export { wireSuite } from './wire/index.ts';
