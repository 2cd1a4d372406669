export { globalClock } from './global-clock.ts';
export { type MockOptions, memoryHarbor } from './memory-harbor.ts';
export { createMockClient, type MockClient } from './mock-client.ts';
