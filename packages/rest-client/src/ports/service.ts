import type { Health, Readiness, Version } from '@agent-harbor/api-contract/schemas';
import type { CallOptions } from '@agent-harbor/core';
import { type Caller, reasonsOf } from '../call.ts';

/** What the server says about itself; needs no credential. */
export interface Service {
  /** Whether the process answers. */
  health(options?: CallOptions): Promise<Health>;
  /** Whether it can do its work, and if not, why. Not being ready is an answer, not a failure. */
  readiness(options?: CallOptions): Promise<Readiness>;
  version(options?: CallOptions): Promise<Version>;
}

export const createService = (call: Caller): Service => ({
  health: async (options) => (await call('service.healthz', { options })).body,
  readiness: async (options) => {
    try {
      return (await call('service.readyz', { options })).body;
    } catch (error) {
      const reasons = reasonsOf(error);
      if (reasons === undefined) throw error;
      return { status: 'not-ready', reasons: [...reasons] };
    }
  },
  version: async (options) => (await call('service.version', { options })).body,
});
