import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  Approval,
  Draft,
  Project,
  Repository,
  Webhook,
  WebhookDelivery,
} from '@agent-harbor/api-contract/schemas';
import {
  type Family,
  inScope,
  type Log,
  Problem,
  type Scope,
  type Store,
  type StoredEvent,
  type StoredReply,
  TaskRecord,
} from '@agent-harbor/core';
import type { Connection } from './connection.ts';
import { problemOf } from './failure.ts';
import { storeFigures } from './figures.ts';
import { checksumOf } from './integrity/chain.ts';
import { DamageLog } from './integrity/damage-log.ts';
import { damaged, type RecordRow, readRecord } from './integrity/record.ts';
import type { Lock } from './lock.ts';
import { floorOf } from './prune/floors.ts';
import { readLog, readLogsBeyond, readLogsByUpdate } from './prune/logs.ts';
import { approvalById, approvalPage } from './read/approvals.ts';
import {
  draftById,
  draftPage,
  ownerOf,
  projectPage,
  replyByKey,
  repositoryById,
  repositoryPage,
  taskById,
} from './read/catalogue.ts';
import { readConversation } from './read/conversation.ts';
import { countEvents, readEvents } from './read/events.ts';
import { readLines } from './read/lines.ts';
import { Lists } from './read/lists.ts';
import { findRange } from './read/range.ts';
import { SessionPlans } from './read/session-plans.ts';
import {
  liveSessions,
  readSession,
  readText,
  type SessionRow,
  sessionById,
  sessionsOfTask,
  type TextRow,
  textById,
} from './read/sessions.ts';
import {
  deliveryByPlace,
  deliveryPage,
  firstQueued,
  readBehind,
  readCounts,
  readKeys,
  readLane,
  readLanesDue,
  readNotice,
  webhookById,
  webhookPage,
  webhooksOfTask,
} from './read/webhooks.ts';
import type { Reserve } from './reserve.ts';
import { comparable } from './tables.ts';
import { type Group, GroupCommit } from './write/group-commit.ts';
import { Writer } from './write/writer.ts';

/** A store in one SQLite file, which this process alone may write. */
export interface SqliteStore extends Store {
  /** Tells whoever is refused the database where its holder is served. */
  announce(url: string): Promise<void>;
  /** What it takes of its disk now, for whoever counts. */
  figures(): Promise<readonly Family[]>;
}

export interface SqliteParts {
  readonly connection: Connection;
  readonly lock: Lock;
  readonly reserve: Reserve;
  readonly epoch: string;
  /** Called after each transaction. */
  readonly observe: (group: Group) => void;
  /** Hears of what is damaged. */
  readonly log: Log;
}

/** Below this, in bytes, the next commits may not fit any more. */
const neededSpace = 4 * 1024 * 1024;

export const createSqliteStore = ({
  connection,
  lock,
  reserve,
  epoch,
  observe,
  log,
}: SqliteParts): SqliteStore => {
  const writer = new Writer(connection);
  const commits = new GroupCommit(connection, writer, reserve, observe);
  const lists = new Lists(connection, () => writer.recordVersion);
  const damage = new DamageLog(log);
  let closing: Promise<void> | undefined;

  /** Every method goes through here: what it does is refused once the store is closed, and fails as a problem. */
  const guarded = async <Result>(doing: string, work: () => Result | Promise<Result>): Promise<Result> => {
    if (closing !== undefined) throw new Problem('not-ready', { detail: 'The store is closed.' });
    try {
      return await work();
    } catch (failure) {
      throw problemOf(failure, doing);
    }
  };
  const readings = <Result>(work: () => Result | Promise<Result>) => guarded('reading', work);
  const plans = new SessionPlans(
    () => writer.recordVersion,
    (query) => connection.query(query)[0]?.count ?? 0,
  );
  const sessionRow = (scope: Scope, id: string): SessionRow | undefined => {
    const row = connection.get<SessionRow>(sessionById, { id: comparable(id) });
    return row !== undefined && sees(scope, row) ? row : undefined;
  };

  return {
    epoch,
    commit: (changes, { isUrgent = false } = {}) => guarded('writing', () => commits.add(changes, isUrgent)),

    task: (scope, id) =>
      readings(() => {
        const row = connection.get<OwnedRow>(taskById, { id: comparable(id) });
        return row !== undefined && sees(scope, row) ? readRecord(TaskRecord, row, `Task ${id}`) : undefined;
      }),
    session: (scope, id) =>
      readings(() => {
        const row = sessionRow(scope, id);
        return row === undefined ? undefined : readSession(row);
      }),
    sessionsOfTask: (scope, taskId) =>
      readings(() => {
        const rows = connection.all<SessionRow>(sessionsOfTask, { task: comparable(taskId) });
        return damage.readable(
          rows.filter((row) => sees(scope, row)),
          readSession,
        );
      }),
    sessions: (scope, filter, sort, request) =>
      readings(() => {
        const page = lists.page(plans.page('rows', scope, filter, sort, request), request);
        return { ...page, items: damage.readable(page.items, (row) => readSession(row)) };
      }),
    sessionText: (scope, id) =>
      readings(() => {
        const row = connection.get<TextRow>(textById, { id: comparable(id) });
        return row !== undefined && sees(scope, row) ? readText(row) : undefined;
      }),
    sessionTexts: (scope, filter, sort, request) =>
      readings(() => {
        const page = lists.page(plans.page('texts', scope, filter, sort, request), request);
        return { ...page, items: damage.readable(page.items, readText) };
      }),
    liveSessions: () =>
      readings(() => damage.readable(connection.all<SessionRow>(liveSessions), (row) => readSession(row))),

    approval: (scope, sessionId, id) =>
      readings(() => {
        const row = connection.get<OwnedRow>(approvalById, {
          session: comparable(sessionId),
          id: comparable(id),
        });
        return row !== undefined && sees(scope, row) ? readApproval(row) : undefined;
      }),
    approvals: (scope, filter, request) =>
      readings(() => {
        const page = lists.page(approvalPage(scope, filter, request), request);
        return { ...page, items: damage.readable(page.items, readApproval) };
      }),

    conversation: (scope, sessionId, part, range) =>
      readings(() => readConversation(connection, scope, sessionId, part, range)),

    events: (selection) =>
      readings((): StoredEvent[] | Promise<StoredEvent[]> => {
        const range = findRange(connection, selection.scope, selection.sessionId, writer.lastPosition);
        return range === undefined ? [] : readEvents(connection, range, selection, damage);
      }),
    eventLines: (scope, sessionId, after, maxBytes) =>
      readings(() => {
        const range = findRange(connection, scope, sessionId, writer.lastPosition);
        return range?.session === undefined
          ? undefined
          : readLines(connection, range.session, after, maxBytes);
      }),
    countEvents: (selection) =>
      readings(() => {
        const range = findRange(connection, selection.scope, selection.sessionId, writer.lastPosition);
        return range === undefined ? 0 : countEvents(connection, range, selection);
      }),
    eventBounds: (scope, sessionId) =>
      readings(() => {
        const range = findRange(connection, scope, sessionId, writer.lastPosition);
        if (range === undefined) return null;
        const { oldest, newest, session } = range;
        const pruned =
          session === undefined
            ? floorOf(connection, range.tenantId === null ? null : comparable(range.tenantId))
            : oldest - 1;
        return { oldest, newest, pruned };
      }),

    usage: () => readings(() => ({ bytes: writer.bytes })),
    sessionLog: (sessionId) => readings(() => readLog(connection, sessionId)),
    logsBeyond: (limits, after) => readings(() => readLogsBeyond(connection, limits, after)),
    logsByUpdate: (after, limit) => readings(() => readLogsByUpdate(connection, after, limit)),

    webhook: (scope, id) =>
      readings(() => {
        const row = connection.get<OwnedRow>(webhookById, { id: comparable(id) });
        return row !== undefined && sees(scope, row) ? readWebhook(row) : undefined;
      }),
    webhooks: (scope, filter, request) =>
      readings(() => {
        const page = lists.page(webhookPage(scope, filter, request), request);
        return { ...page, items: damage.readable(page.items, readWebhook) };
      }),
    webhooksFor: (taskId) =>
      readings(() => {
        const task = taskId === undefined ? null : comparable(taskId);
        return damage.readable(connection.all<RecordRow>(webhooksOfTask, { task }), readWebhook);
      }),
    webhookKeys: (id) => readings(() => readKeys(connection, id)),
    noticedPosition: () => readings(() => readNotice(connection)),
    webhookLane: (webhookId, sessionId) => readings(() => readLane(connection, webhookId, sessionId)),
    lanesDue: (webhookId, limit) => readings(() => readLanesDue(connection, webhookId, limit)),
    webhooksBehind: () => readings(() => readBehind(connection)),
    webhookCounts: (webhookId) => readings(() => readCounts(connection, webhookId)),
    webhookDelivery: (webhookId, sessionId, seq) =>
      readings(() => {
        const place = { id: comparable(webhookId), session: comparable(sessionId), seq };
        const row = connection.get<RecordRow>(deliveryByPlace, place);
        return row === undefined ? undefined : readDelivery(row);
      }),
    queuedDelivery: (webhookId, sessionId) =>
      readings(() => {
        const lane = { id: comparable(webhookId), session: comparable(sessionId) };
        const row = connection.get<RecordRow>(firstQueued, lane);
        return row === undefined ? undefined : readDelivery(row);
      }),
    webhookDeliveries: (webhookId, filter, request) =>
      readings(() => {
        const page = lists.page(deliveryPage(webhookId, filter, request), request);
        return { ...page, items: damage.readable(page.items, readDelivery) };
      }),

    draft: (scope, id) =>
      readings(() => {
        const row = connection.get<OwnedRow>(draftById, { id: comparable(id) });
        return row !== undefined && sees(scope, row) ? readDraft(row) : undefined;
      }),
    drafts: (scope, request) =>
      readings(() => {
        const page = lists.page(draftPage(scope, request), request);
        return { ...page, items: damage.readable(page.items, readDraft) };
      }),
    repository: (scope, id) =>
      readings(() => {
        const row = connection.get<RecordRow>(repositoryById, {
          tenant: ownerOf(scope),
          id: comparable(id),
        });
        return row === undefined ? undefined : readRepository(row);
      }),
    repositories: (scope, filter, request) =>
      readings(() => {
        const page = lists.page(repositoryPage(scope, filter, request), request);
        return { ...page, items: damage.readable(page.items, readRepository) };
      }),
    projects: (scope, request) =>
      readings(() => {
        const page = lists.page(projectPage(scope, request), request);
        return { ...page, items: damage.readable(page.items, readProject) };
      }),
    reply: (scope, key, now) =>
      readings(() => {
        const row = connection.get<ReplyRow>(replyByKey, {
          scope: comparable(scope),
          key: comparable(key),
          now,
        });
        if (row === undefined) return undefined;
        const { checksum, ...reply } = row;
        if (checksumOf(reply.reply) !== checksum)
          throw damaged('The answer stored under this Idempotency-Key');
        return { scope, key, ...reply };
      }),

    async readiness() {
      if (closing !== undefined) return ['The store is closed.'];
      // The disk failed a moment ago: only another write tells whether it does so still.
      if (commits.diskFailure !== undefined) await commits.add([], true).catch(() => undefined);
      if (commits.diskFailure !== undefined) return [commits.diskFailure.detail];
      if (!reserve.hasRoom()) return [`The disk of ${dirname(connection.path)} is full.`];
      const { bavail, bsize } = await statfs(dirname(connection.path));
      return bavail * bsize < neededSpace
        ? [`The disk of ${dirname(connection.path)} is full but for ${bavail * bsize} bytes.`]
        : [];
    },

    figures: () => storeFigures(connection.path, commits.diskFailure !== undefined, reserve),

    announce: (url) => guarded('announcing the address', () => lock.announce(url)),

    close() {
      closing ??= commits.drained().then(async () => {
        await reserve.settled();
        try {
          connection.close();
        } finally {
          lock.release();
        }
      });
      return closing;
    },
  };
};

type OwnedRow = RecordRow & { readonly tenant: string | null };
type ReplyRow = Omit<StoredReply, 'scope' | 'key'> & { readonly checksum: number };

const sees = (scope: Scope, { tenant }: { readonly tenant: string | null }): boolean =>
  scope.tenantId === null || inScope({ tenantId: comparable(scope.tenantId) }, tenant ?? undefined);

const readApproval = (row: RecordRow) => readRecord(Approval, row, 'A permission request');
const readDraft = (row: RecordRow) => readRecord(Draft, row, 'A draft');
const readProject = (row: RecordRow) => readRecord(Project, row, 'A project');
const readWebhook = (row: RecordRow) => readRecord(Webhook, row, 'A webhook');
const readDelivery = (row: RecordRow) => readRecord(WebhookDelivery, row, 'A webhook message');
const readRepository = (row: RecordRow) => readRecord(Repository, row, 'A repository');
