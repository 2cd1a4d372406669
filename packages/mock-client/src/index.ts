export type { Control, Troubles } from './control/control.ts';
export type { Delay, Delays, Latency } from './control/delay.ts';
export type { Failure, FailureRule, Failures } from './control/failure.ts';
export type { HeldCall, Hold, HoldOptions } from './control/hold.ts';
export type { Method, MockCall, Point } from './control/method.ts';
export { globalClock } from './global-clock.ts';
export { type MemoryHarbor, type MockOptions, memoryHarbor } from './memory-harbor.ts';
export { createMockClient, type MockClient, type MockClientOptions } from './mock-client.ts';
export { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
