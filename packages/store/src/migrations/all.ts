import { initial } from './0001-initial.ts';
import { approvals } from './0002-approvals.ts';
import { checksums } from './0003-checksums.ts';
import { retention } from './0004-retention.ts';
import { conversation } from './0005-conversation.ts';
import { logInOrder } from './0006-log-in-order.ts';
import { catalogue } from './0007-catalogue.ts';
import { webhooks } from './0008-webhooks.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, oldest first. A new one is a file beside this and a line here. */
export const allMigrations: readonly Migration[] = [
  initial,
  approvals,
  checksums,
  retention,
  conversation,
  logInOrder,
  catalogue,
  webhooks,
];
