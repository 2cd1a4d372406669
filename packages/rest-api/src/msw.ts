export { createHandlers, type HandlersOptions } from './msw/handlers.ts';
