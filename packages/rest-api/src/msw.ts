export { createHandlers, type HandlersOptions } from './msw/handlers.ts';
export { createMockHandlers, type MockHandlersOptions, type MockSource } from './msw/mock-handlers.ts';
