import { z } from 'zod';
import { DeliveryMode, DeliveryState } from '../delivery.ts';
import { SessionStatus } from '../status.ts';

/** The session entered a state. `exitCode` is the agent's, when it ended by exiting. */
export const StatusBody = z.object({
  type: z.literal('status'),
  status: SessionStatus,
  reason: z.string().optional(),
  exitCode: z.number().int().optional(),
});

/**
 * The work left the session, or could not: then `state` is failed and `reason` says why. `url` is where it is to be found;
 * `targetBranch` is the branch a pull request is for.
 */
export const DeliveryBody = z.object({
  type: z.literal('delivery'),
  mode: DeliveryMode,
  state: DeliveryState,
  branch: z.string().optional(),
  targetBranch: z.string().optional(),
  commit: z.string().optional(),
  url: z.string().optional(),
  reason: z.string().optional(),
});
