import type { Suite } from '../check.ts';
import { approvalChecks } from './approvals.ts';
import { commitChecks } from './commits.ts';
import { conversationChecks } from './conversation.ts';
import { hostileChecks } from './hostile.ts';
import { appendChecks, selectionChecks } from './log.ts';
import { pruneChecks } from './prune.ts';
import { recordChecks } from './records.ts';
import { replyChecks } from './replies.ts';
import type { StoreContext } from './samples.ts';
import { sessionListChecks } from './sessions.ts';
import { tenantChecks } from './tenants.ts';
import { webhookChecks } from './webhooks.ts';

/** What every store promises. Each check gets an empty store. */
export const storeSuite: Suite<StoreContext> = {
  name: 'store',
  checks: [
    ...commitChecks,
    ...appendChecks,
    ...selectionChecks,
    ...pruneChecks,
    ...recordChecks,
    ...sessionListChecks,
    ...approvalChecks,
    ...conversationChecks,
    ...webhookChecks,
    ...replyChecks,
    ...tenantChecks,
    ...hostileChecks,
  ],
};
