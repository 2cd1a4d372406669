import type { Contract } from '@agent-harbor/api-contract';
import type { Features } from '../http/mount.ts';
import { approvals } from './approvals/index.ts';
import { catalogue } from './catalogue/index.ts';
import { chat } from './chat/index.ts';
import { delivery } from './delivery/index.ts';
import { drafts } from './drafts/index.ts';
import { events } from './events/index.ts';
import { files } from './files/index.ts';
import { service } from './service/index.ts';
import { sessions } from './sessions/index.ts';
import { tasks } from './tasks/index.ts';
import { terminal } from './terminal/index.ts';
import { webhooks } from './webhooks/index.ts';
import { workspace } from './workspace/index.ts';

/** Who answers what, in the contract's order. */
export const features: Features<Contract> = {
  tasks,
  sessions,
  approvals,
  chat,
  terminal,
  events,
  files,
  workspace,
  delivery,
  drafts,
  catalogue,
  webhooks,
  service,
};
