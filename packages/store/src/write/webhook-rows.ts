import { Webhook, WebhookDelivery } from '@agent-harbor/api-contract/schemas';
import { type Change, checked, keptDeliveries, millisecondsOf } from '@agent-harbor/core';
import { sql } from 'kysely';
import type { Connection } from '../connection.ts';
import { checksumOf } from '../integrity/chain.ts';
import { build, comparable, slot } from '../tables.ts';

const findWebhook = build
  .selectFrom('webhooks')
  .select('ordinal')
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const upsertWebhook = build
  .insertInto('webhooks')
  .values({
    id: slot('id'),
    tenant: slot('tenant'),
    task: slot('task'),
    created_at: slot('at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict.column('id').doUpdateSet({ record: slot('record'), checksum: slot('checksum') }),
  )
  .compile().sql;

const replaceKeys = build
  .replaceInto('webhook_keys')
  .values({ webhook: slot('webhook'), record: slot('record'), checksum: slot('checksum') })
  .compile().sql;

const replaceNotice = 'REPLACE INTO webhook_notice (id, position) VALUES (1, @position)';

const replaceLane = build
  .replaceInto('webhook_lanes')
  .values({
    webhook: slot('webhook'),
    session: slot('session'),
    after_seq: slot('cursor'),
    up_to: slot('upTo'),
    due_at: slot('dueAt'),
    since: slot('since'),
    has_queued: slot('hasQueued'),
    checksum: slot('checksum'),
  })
  .compile().sql;

const upsertDelivery = build
  .insertInto('webhook_deliveries')
  .values({
    webhook: slot('webhook'),
    session: slot('session'),
    seq: slot('seq'),
    state: slot('state'),
    at: slot('at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict.columns(['webhook', 'session', 'seq']).doUpdateSet({
      state: slot('state'),
      at: slot('at'),
      record: slot('record'),
      checksum: slot('checksum'),
    }),
  )
  .compile().sql;

/** Few at a time: one write makes one too many. */
const deleteOldest = build
  .deleteFrom('webhook_deliveries')
  .where(sql<boolean>`ordinal IN (
    SELECT ordinal FROM webhook_deliveries WHERE webhook = ${slot('webhook')} AND state = ${slot('state')}
    ORDER BY ordinal DESC LIMIT 100 OFFSET ${slot('kept')}
  )`)
  .compile().sql;

const ordinalOf = (connection: Connection, id: string): number | undefined =>
  connection.get<{ ordinal: number }>(findWebhook, { id: comparable(id) })?.ordinal;

/** Writes the webhook as it is now, and its keys when some are given. */
export const saveWebhook = (
  connection: Connection,
  change: Extract<Change, { kind: 'webhook-saved' }>,
): void => {
  const webhook = checked(Webhook, change.webhook, `Webhook ${change.webhook.id}`);
  const record = JSON.stringify(webhook);
  connection.run(upsertWebhook, {
    id: comparable(webhook.id),
    tenant: webhook.tenantId === undefined ? null : comparable(webhook.tenantId),
    task: webhook.taskId ?? null,
    at: millisecondsOf(webhook.createdAt),
    record,
    checksum: checksumOf(record),
  });
  if (change.keys === undefined) return;
  const keys = JSON.stringify(change.keys);
  connection.run(replaceKeys, {
    webhook: ordinalOf(connection, webhook.id) ?? null,
    record: keys,
    checksum: checksumOf(keys),
  });
};

const deletions = ['webhook_deliveries', 'webhook_lanes', 'webhook_keys'].map(
  (table) => `DELETE FROM ${table} WHERE webhook = @webhook`,
);

/** Drops the webhook and what is its own; that there is none is no failure. */
export const deleteWebhook = (
  connection: Connection,
  { id }: Extract<Change, { kind: 'webhook-deleted' }>,
): void => {
  const webhook = ordinalOf(connection, id);
  if (webhook === undefined) return;
  for (const deletion of deletions) connection.run(deletion, { webhook });
  connection.run('DELETE FROM webhooks WHERE ordinal = @webhook', { webhook });
};

/** Writes how far the log was looked at. */
export const saveNotice = (
  connection: Connection,
  { position }: Extract<Change, { kind: 'webhooks-noticed' }>,
): void => {
  connection.run(replaceNotice, { position });
};

/** What a place in a session must not lose: what it says is neither sent twice nor left out. */
export const laneChecksum = (sessionId: string, cursor: number, upTo: number): number =>
  checksumOf(`${sessionId} ${cursor} ${upTo}`);

/** Writes the lane as it is now, unless its webhook is gone. */
export const saveLane = (
  connection: Connection,
  { lane }: Extract<Change, { kind: 'webhook-lane-saved' }>,
): void => {
  const webhook = ordinalOf(connection, lane.webhookId);
  if (webhook === undefined) return;
  const { sessionId, cursor, upTo, dueAt, since, hasQueued } = lane;
  connection.run(replaceLane, {
    webhook,
    session: comparable(sessionId),
    cursor,
    upTo,
    dueAt,
    since,
    hasQueued: hasQueued ? 1 : 0,
    checksum: laneChecksum(sessionId, cursor, upTo),
  });
};

/** Writes the delivery as it is now, unless its webhook is gone, and drops what is too many. */
export const saveDelivery = (
  connection: Connection,
  change: Extract<Change, { kind: 'webhook-delivery-saved' }>,
): void => {
  const delivery = checked(WebhookDelivery, change.delivery, `Message ${change.delivery.id}`);
  const { webhookId, sessionId, seq, state } = delivery;
  const webhook = ordinalOf(connection, webhookId);
  if (webhook === undefined) return;
  const record = JSON.stringify(delivery);
  connection.run(upsertDelivery, {
    webhook,
    session: comparable(sessionId),
    seq,
    state,
    at: millisecondsOf(delivery.firstAttemptAt),
    record,
    checksum: checksumOf(record),
  });
  if (state === 'delivered' || state === 'dead') {
    connection.run(deleteOldest, { webhook, state, kept: keptDeliveries[state] });
  }
};
