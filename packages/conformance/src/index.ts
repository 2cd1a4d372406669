export { type Check, type Opened, runCheck, type Skip, type Suite, skipReasons } from './check.ts';
export { CheckFailed, holds, present, rejectsWith, same } from './expect.ts';
