export { type Api, type ApiOptions, createApi } from './api.ts';
export {
  type Caller,
  type Credentials,
  createKeyCredentials,
  digestKey,
  type KnownKey,
  type Role,
} from './http/access/credentials.ts';
export { createHostCheck } from './http/access/host.ts';
export type { RateLimit } from './http/access/rate-limit.ts';
export type { Answer, Payload, Sink } from './http/answer.ts';
export type { Around, Visit } from './http/around.ts';
export type { Handler } from './http/call.ts';
export type { Incoming } from './http/incoming.ts';
export { type Features, mount } from './http/mount.ts';
export type { AssetReader } from './http/pages/assets.ts';
export { expositionType, renderExposition } from './http/pages/exposition.ts';
export type { Route } from './http/route.ts';
