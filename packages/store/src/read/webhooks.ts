import {
  type DeliveryFilter,
  offsetOf,
  type PageRequest,
  placeOf,
  type Scope,
  type WebhookCounts,
  type WebhookFilter,
  type WebhookKey,
  type WebhookLane,
} from '@agent-harbor/core';
import { z } from 'zod';
import type { Connection } from '../connection.ts';
import { damaged, type RecordRow, readRecord } from '../integrity/record.ts';
import { build, comparable, slot } from '../tables.ts';
import { laneChecksum } from '../write/webhook-rows.ts';
import { before } from './catalogue.ts';
import { countOf } from './lists.ts';

const ordinalOf = (id: string) =>
  build.selectFrom('webhooks').select('ordinal').where('id', '=', comparable(id));

export const webhookById = build
  .selectFrom('webhooks')
  .select(['tenant', 'record', 'checksum'])
  .where('id', '=', slot<string>('id'))
  .compile().sql;

/** Webhooks, the newest first. */
export const webhookPage = (scope: Scope, { taskId }: WebhookFilter, request: PageRequest) => {
  let matching = build.selectFrom('webhooks');
  if (scope.tenantId !== null) matching = matching.where('tenant', '=', comparable(scope.tenantId));
  if (taskId !== undefined) matching = matching.where('task', '=', comparable(taskId));
  let page = matching
    .select(['ordinal', 'created_at as at', 'record', 'checksum'])
    .orderBy('created_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('webhooks', request);
  if (start !== undefined) page = page.where(before('created_at', start));
  return { list: 'webhooks', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};

/** `task` null: those of no task. */
export const webhooksOfTask =
  'SELECT record, checksum FROM webhooks WHERE task IS @task ORDER BY ordinal LIMIT 1000';

const keysOf = `SELECT keys.record, keys.checksum FROM webhook_keys AS keys
  JOIN webhooks ON webhooks.ordinal = keys.webhook WHERE webhooks.id = @id`;

const Keys = z.array(z.object({ secret: z.string(), until: z.number().optional() }));

/** What a webhook signs with. */
export const readKeys = (connection: Connection, id: string): readonly WebhookKey[] => {
  const row = connection.get<RecordRow>(keysOf, { id: comparable(id) });
  return row === undefined ? [] : readRecord(Keys, row, `The secrets of webhook ${id}`);
};

const notice = 'SELECT position FROM webhook_notice';

/** How far the log was looked at for webhooks. */
export const readNotice = (connection: Connection): number | null =>
  connection.get<{ position: number }>(notice)?.position ?? null;

interface LaneRow {
  readonly id: string;
  readonly session: string;
  readonly after_seq: number;
  readonly up_to: number;
  readonly due_at: number | null;
  readonly since: number | null;
  readonly has_queued: number;
  readonly checksum: number;
}

const lanes = `SELECT webhooks.id, lane.session, lane.after_seq, lane.up_to, lane.due_at, lane.since,
  lane.has_queued, lane.checksum
  FROM webhooks JOIN webhook_lanes AS lane ON lane.webhook = webhooks.ordinal WHERE webhooks.id = @id`;

const laneOf = (row: LaneRow): WebhookLane => {
  if (laneChecksum(row.session, row.after_seq, row.up_to) !== row.checksum)
    throw damaged(`How far webhook ${row.id} is with session ${row.session}`);
  return {
    webhookId: row.id,
    sessionId: row.session,
    cursor: row.after_seq,
    upTo: row.up_to,
    dueAt: row.due_at,
    since: row.since,
    hasQueued: row.has_queued === 1,
  };
};

export const readLane = (
  connection: Connection,
  webhookId: string,
  sessionId: string,
): WebhookLane | undefined => {
  const row = connection.get<LaneRow>(`${lanes} AND lane.session = @session`, {
    id: comparable(webhookId),
    session: comparable(sessionId),
  });
  return row === undefined ? undefined : laneOf(row);
};

/** Lanes with something to send, the one that is due first first. */
export const readLanesDue = (connection: Connection, id: string, limit: number): readonly WebhookLane[] =>
  connection
    .all<LaneRow>(`${lanes} AND lane.due_at IS NOT NULL ORDER BY lane.due_at LIMIT @limit`, {
      id: comparable(id),
      limit,
    })
    .map(laneOf);

const behind = `SELECT id FROM webhooks WHERE EXISTS
  (SELECT 1 FROM webhook_lanes WHERE webhook = ordinal AND due_at IS NOT NULL) ORDER BY ordinal`;

export const readBehind = (connection: Connection): readonly string[] =>
  connection.all<{ id: string }>(behind).map(({ id }) => id);

/** Of one webhook, or of all. */
export const readCounts = (connection: Connection, id: string | undefined): WebhookCounts => {
  const own = id === undefined ? '' : ' AND webhook = (SELECT ordinal FROM webhooks WHERE id = @id)';
  const named: Readonly<Record<string, string>> = id === undefined ? {} : { id: comparable(id) };
  const waiting = connection.get<{ count: number; since: number | null }>(
    `SELECT count(*) AS count, min(since) AS since FROM webhook_lanes WHERE due_at IS NOT NULL${own}`,
    named,
  );
  const dead = connection.get<{ count: number }>(
    `SELECT count(*) AS count FROM webhook_deliveries WHERE state = 'dead'${own}`,
    named,
  );
  return {
    waitingSessions: waiting?.count ?? 0,
    waitingSince: waiting?.since ?? null,
    deadLetters: dead?.count ?? 0,
  };
};

const deliveries = `SELECT record, checksum FROM webhook_deliveries
  WHERE webhook = (SELECT ordinal FROM webhooks WHERE id = @id) AND session = @session`;

export const deliveryByPlace = `${deliveries} AND seq = @seq`;
export const firstQueued = `${deliveries} AND state = 'queued' ORDER BY seq LIMIT 1`;

/** The deliveries of a webhook, the one that was tried first last. */
export const deliveryPage = (
  webhookId: string,
  { state, sessionId }: DeliveryFilter,
  request: PageRequest,
) => {
  let matching = build.selectFrom('webhook_deliveries').where('webhook', '=', ordinalOf(webhookId));
  if (state !== undefined) matching = matching.where('state', '=', state);
  if (sessionId !== undefined) matching = matching.where('session', '=', comparable(sessionId));
  let page = matching
    .select(['ordinal', 'at', 'record', 'checksum'])
    .orderBy('at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(request.perPage + 1)
    .offset(offsetOf(request));
  const start = placeOf('deliveries', request);
  if (start !== undefined) page = page.where(before('at', start));
  return { list: 'deliveries', page: page.compile(), counted: countOf(matching.select('ordinal')) };
};
