export { createExpressApp, type ExpressOptions } from './express/app.ts';
export { createSwaggerUiReader } from './express/assets.ts';
export { hostKey, keyFileIn } from './express/host-key.ts';
export { type Listening, type ListenOptions, listen } from './express/listen.ts';
export { makeStateDir } from './express/state-dir.ts';
