import type { Health, Readiness, Version } from '@agent-harbor/api-contract/schemas';
import type { CallOptions } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem/bare';
import type { Api } from '../routes/api.ts';

/** What the server says about itself; needs no credential. */
export interface Service {
  /** Whether the process answers. */
  health(options?: CallOptions): Promise<Health>;
  /** Whether it can do its work, and if not, why. Not being ready is an answer, not a failure. */
  readiness(options?: CallOptions): Promise<Readiness>;
  /** Its name and version. */
  version(options?: CallOptions): Promise<Version>;
}

export const createService = ({ service }: Api): Service => ({
  health: service.healthz,
  async readiness(options) {
    try {
      return await service.readyz(options);
    } catch (error) {
      const reasons = error instanceof Problem ? error.errors?.reasons : undefined;
      if (reasons === undefined) throw error;
      return { status: 'not-ready', reasons: [...reasons] };
    }
  },
  version: service.version,
});
