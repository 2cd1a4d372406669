import { z } from 'zod';
import { BranchName } from './repo.ts';

export const DeliveryMode = z.enum(['branch', 'none']);
export type DeliveryMode = z.infer<typeof DeliveryMode>;

/** How the work leaves. In mode `branch`, `targetBranch` names the delivered branch; without it one is made. */
export const DeliveryInput = z.object({ mode: DeliveryMode, targetBranch: BranchName.optional() }).strict();
export type DeliveryInput = z.infer<typeof DeliveryInput>;

export const Delivery = z.object({ mode: DeliveryMode, targetBranch: z.string().optional() });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryState = z.enum(['delivered', 'nothing-to-deliver', 'failed']);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** What became of a delivery: the branch and its commit, or why there is none. */
export const Delivered = z.object({
  state: DeliveryState,
  branch: z.string().optional(),
  commit: z.string().optional(),
  reason: z.string().optional(),
});
export type Delivered = z.infer<typeof Delivered>;
