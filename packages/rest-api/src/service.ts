import type { JsonObject, Version } from '@agent-harbor/api-contract/schemas';

/** What the service tells about itself, without a credential. */
export interface Service {
  readonly version: Version;
  /** The contract as an OpenAPI document. */
  openapi(): JsonObject;
  /** Why it cannot do its work now; empty when it can. */
  readiness(): Promise<readonly string[]>;
}
