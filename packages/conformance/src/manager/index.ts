import type { Suite } from '../check.ts';
import { aborting } from './aborting.ts';
import { approvals } from './approvals.ts';
import { catalogue } from './catalogue.ts';
import { comparing } from './comparing.ts';
import type { ManagerContext } from './context.ts';
import { conversing } from './conversing.ts';
import { delivering } from './delivering.ts';
import { drafts } from './drafts.ts';
import { ending } from './ending.ts';
import { idempotency } from './idempotency.ts';
import { launch } from './launch.ts';
import { launchRefusals } from './launch-refusals.ts';
import { listing } from './listing.ts';
import { looking } from './looking.ts';
import { offering } from './offering.ts';
import { prompting } from './prompting.ts';
import { sessions } from './sessions.ts';
import { steering } from './steering.ts';
import { subscribe } from './subscribe.ts';
import { terminals } from './terminals.ts';
import { webhooks } from './webhooks.ts';
import { workspaces } from './workspaces.ts';

/** What `TaskManager`, `Conversations`, `Workspaces`, `Webhooks` and `Catalogue` promise, whoever implements them. */
export const managerSuite: Suite<ManagerContext> = {
  name: 'task manager',
  checks: [
    ...launch,
    ...launchRefusals,
    ...idempotency,
    ...sessions,
    ...listing,
    ...subscribe,
    ...steering,
    ...prompting,
    ...approvals,
    ...conversing,
    ...offering,
    ...comparing,
    ...ending,
    ...drafts,
    ...terminals,
    ...webhooks,
    ...delivering,
    ...workspaces,
    ...looking,
    ...catalogue,
    ...aborting,
  ],
};
