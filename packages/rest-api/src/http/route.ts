import type { Policy } from '@agent-harbor/api-contract';
import type { AppRoute } from '@ts-rest/core';
import type { AnyCall, AnyReply } from './call.ts';

/** A route of the contract with the function that answers it. */
export interface Route {
  /** Where it stands in the contract: `sessions.stop`. */
  readonly name: string;
  readonly schema: AppRoute;
  readonly policy: Policy;
  /** Asks the ports and says what came of it. */
  readonly handle: (call: AnyCall) => Promise<AnyReply>;
}
