import type { DeliverSession, DeliveryOutcome, SessionDelivery } from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';

/** Taking the work of a session home. Rejects with `session-not-found`; archived sessions are found too. */
export interface Deliveries {
  /**
   * Delivers the files of a session as they are now: of one that goes on what is there, of one that has ended its result,
   * also when the workspace was released. Resolves when the target has it, and a `delivery` event says so. Repeated, it
   * finds what was delivered before; a later delivery to the same branch goes on top of the first. Nothing is ever forced:
   * rejects with `delivery-refused` when the target does not take it (protected, moved, taken), `delivery-failed` when the
   * server was not let in, `forge-unavailable` when it may be tried again; with `unsupported-choice` where there is no forge
   * for a pull request, and with `wrong-state` or `workspace-gone` when there are no files.
   */
  deliver(sessionId: string, wish?: DeliverSession, options?: MutationOptions): Promise<DeliveryOutcome>;
  /** Where the work has gone so far. */
  delivery(sessionId: string, options?: CallOptions): Promise<SessionDelivery>;
}
