import type { JsonObject, Version } from '@agent-harbor/api-contract/schemas';
import type { Family } from '@agent-harbor/core';

/** What the service tells about itself. */
export interface Service {
  readonly version: Version;
  /** The contract as an OpenAPI document. */
  openapi(): JsonObject;
  /** Why it cannot do its work now; empty when it can. */
  readiness(): Promise<readonly string[]>;
  /** What it counts, for a scraper. */
  figures(): Promise<readonly Family[]>;
}
