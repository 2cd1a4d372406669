import {
  Approval,
  countedRows,
  Draft,
  Project,
  Repository,
  Webhook,
  WebhookDelivery,
} from '@agent-harbor/api-contract/schemas';
import { conversationParts } from '../../conversation/row.ts';
import { Problem } from '../../problem.ts';
import { inScope } from '../../scope.ts';
import { isTerminal } from '../../session/lifecycle.ts';
import { SessionRecord, TaskRecord } from '../../session/record.ts';
import { readJson } from '../checked.ts';
import { readSessionFilter } from '../session-criteria.ts';
import type { LogLimits, SessionLog, Store, StoredSession } from '../store.ts';
import { applyAll } from './apply.ts';
import { compare, eventPage, meets, pageOf, sees, seesSession, selectEvents } from './select.ts';
import { emptyTables, type Row, type SessionRow, slot } from './tables.ts';

/** How a memory store begins. */
export interface MemoryStoreOptions {
  /** Short ASCII without a dash. */
  readonly epoch?: string | undefined;
}

/**
 * A store in memory, for mocks and tests. Nothing but microtasks moves it, and "durable" means as long as the object
 * lives. Records are kept as JSON, so what is read is a copy that has been through the same schemas as in a database.
 */
export const createMemoryStore = ({ epoch = 'memory' }: MemoryStoreOptions = {}): Store => {
  const tables = emptyTables();
  let closed = false;
  const opened = () => {
    if (closed) throw new Problem('not-ready', { detail: 'The store is closed.' });
    return tables;
  };
  const pageOfSessions = (...[scope, filter, sort, request]: Parameters<Store['sessions']>) => {
    const criteria = readSessionFilter(filter);
    const by = sort.endsWith('createdAt') ? 'createdAt' : 'updatedAt';
    const rows = [...opened().sessions.values()]
      .filter((row) => sees(scope, row) && meets(criteria, row))
      .map((row) => ({ at: row[by], ordinal: row.ordinal, row }));
    return pageOf(`sessions ${sort}`, rows, sort.startsWith('-') ? 'desc' : 'asc', request);
  };

  return {
    epoch,
    commit: async (changes) => applyAll(opened(), changes),

    async task(scope, id) {
      const row = opened().tasks.get(id);
      return row !== undefined && inScope(scope, row.tenantId)
        ? readJson(TaskRecord, row.json, `Task ${id}`)
        : undefined;
    },
    async session(scope, id) {
      const row = opened().sessions.get(id);
      return row !== undefined && sees(scope, row) ? readSession(row) : undefined;
    },
    async sessionsOfTask(scope, taskId) {
      return [...opened().sessions.values()]
        .filter((row) => row.record.taskId === taskId && sees(scope, row))
        .map(readSession);
    },
    async sessions(scope, filter, sort, request) {
      const page = pageOfSessions(scope, filter, sort, request);
      return { ...page, items: page.items.map(({ row }) => readSession(row)) };
    },
    async sessionText(scope, id) {
      const row = opened().sessions.get(id);
      return row !== undefined && sees(scope, row) ? row.json : undefined;
    },
    async sessionTexts(scope, filter, sort, request) {
      const page = pageOfSessions(scope, filter, sort, request);
      return { ...page, items: page.items.map(({ row }) => row.json) };
    },
    async liveSessions() {
      return [...opened().sessions.values()]
        .filter(({ record }) => !isTerminal(record.status))
        .sort((left, right) => left.createdAt - right.createdAt || left.ordinal - right.ordinal)
        .map(readSession);
    },

    async approval(scope, sessionId, id) {
      const row = opened().approvals.get(slot(sessionId, id));
      return row !== undefined && seesSession(opened(), scope, row) ? readApproval(row) : undefined;
    },
    async approvals(scope, { sessionId, state }, request) {
      const rows = [...opened().approvals.values()].filter(
        (row) =>
          (sessionId === undefined || row.sessionId === sessionId) &&
          (state === undefined || row.state === state) &&
          seesSession(opened(), scope, row),
      );
      const page = pageOf('approvals', rows, 'desc', request);
      return { ...page, items: page.items.map(readApproval) };
    },

    async conversation(scope, sessionId, part, { from = 0, through = Number.POSITIVE_INFINITY } = {}) {
      if (!seesSession(opened(), scope, { sessionId })) return [];
      return [...opened().conversations.values()]
        .filter(
          (row) => row.sessionId === sessionId && row.part === part && row.seq >= from && row.seq <= through,
        )
        .sort((left, right) => left.seq - right.seq || (left.id < right.id ? -1 : 1))
        .map(({ seq, id, json }) => ({
          part,
          seq,
          id,
          value: readJson(conversationParts[part], json, `What is kept of message ${seq}`),
        }));
    },

    async events(selection) {
      const { order, limit, maxBytes } = selection;
      return eventPage(selectEvents(opened(), selection, order), limit, maxBytes);
    },
    async eventLines(scope, sessionId, after, maxBytes) {
      const events = eventPage(
        selectEvents(opened(), { scope, sessionId, after }, 'asc'),
        Number.POSITIVE_INFINITY,
        maxBytes,
      );
      return events[0]?.seq === after + 1
        ? { first: after + 1, count: events.length, text: events.map(({ json }) => json).join('\n') }
        : undefined;
    },
    async countEvents(selection) {
      let count = 0;
      for (const _ of selectEvents(opened(), selection, 'asc')) if (++count > countedRows) break;
      return count;
    },
    async eventBounds(scope, sessionId) {
      const selection = { scope, sessionId };
      const [oldest] = eventPage(selectEvents(opened(), selection, 'asc'), 1, 0);
      const [newest] = eventPage(selectEvents(opened(), selection, 'desc'), 1, 0);
      if (oldest === undefined || newest === undefined) return null;
      if (sessionId !== undefined) {
        return { oldest: oldest.seq, newest: newest.seq, pruned: oldest.seq - 1 };
      }
      const pruned = opened().floors.get(slot(scope.tenantId ?? undefined)) ?? 0;
      return { oldest: oldest.position, newest: newest.position, pruned };
    },

    async usage() {
      return { bytes: [...opened().sessions.values()].reduce((sum, { bytes }) => sum + bytes, 0) };
    },
    async sessionLog(sessionId) {
      const row = opened().sessions.get(sessionId);
      return row === undefined ? undefined : logOf(row);
    },
    async logsBeyond(limits, after) {
      const rows = [...opened().sessions.values()].filter(
        (row) => row.ordinal > after && row.events.length > 1 && isBeyond(limits, row),
      );
      return { logs: rows.sort((left, right) => left.ordinal - right.ordinal).map(logOf), next: null };
    },
    async logsByUpdate(after, limit) {
      const logs = [...opened().sessions.values()].map(logOf);
      logs.sort((left, right) => compare(left.updated, right.updated, 'asc'));
      const rest =
        after === undefined ? logs : logs.filter(({ updated }) => compare(updated, after, 'asc') > 0);
      return rest.slice(0, limit);
    },

    async webhook(scope, id) {
      const row = opened().webhooks.get(id);
      return row !== undefined && inScope(scope, row.tenantId) ? readWebhook(row) : undefined;
    },
    async webhooks(scope, { taskId }, request) {
      const rows = [...opened().webhooks.values()].filter(
        (row) => (taskId === undefined || row.taskId === taskId) && inScope(scope, row.tenantId),
      );
      const page = pageOf('webhooks', rows, 'desc', request);
      return { ...page, items: page.items.map(readWebhook) };
    },
    async webhooksFor(taskId) {
      const rows = [...opened().webhooks.values()].filter((row) => row.taskId === taskId);
      return rows.slice(0, 1_000).map(readWebhook);
    },
    async webhookKeys(id) {
      return (
        opened()
          .webhooks.get(id)
          ?.keys.map((key) => ({ ...key })) ?? []
      );
    },
    async noticedPosition() {
      return opened().noticed.get('') ?? null;
    },
    async webhookLane(webhookId, sessionId) {
      return opened().lanes.get(slot(webhookId, sessionId));
    },
    async lanesDue(webhookId, limit) {
      const lanes = [...opened().lanes.values()].filter((lane) => lane.webhookId === webhookId);
      return lanes
        .filter(({ dueAt }) => dueAt !== null)
        .sort((left, right) => (left.dueAt ?? 0) - (right.dueAt ?? 0))
        .slice(0, limit);
    },
    async webhooksBehind() {
      const lanes = [...opened().lanes.values()].filter(({ dueAt }) => dueAt !== null);
      return [...new Set(lanes.map(({ webhookId }) => webhookId))];
    },
    async webhookCounts(webhookId) {
      const isMeant = (row: { readonly webhookId: string }) =>
        webhookId === undefined || row.webhookId === webhookId;
      const waiting = [...opened().lanes.values()].filter((lane) => isMeant(lane) && lane.dueAt !== null);
      const dead = [...opened().deliveries.values()].filter((row) => isMeant(row) && row.state === 'dead');
      return {
        waitingSessions: waiting.length,
        waitingSince: waiting.length === 0 ? null : Math.min(...waiting.map(({ since }) => since ?? 0)),
        deadLetters: dead.length,
      };
    },
    async webhookDelivery(webhookId, sessionId, seq) {
      const row = opened().deliveries.get(slot(webhookId, sessionId, String(seq)));
      return row === undefined ? undefined : readDelivery(row);
    },
    async queuedDelivery(webhookId, sessionId) {
      const [first] = [...opened().deliveries.values()]
        .filter((row) => row.webhookId === webhookId && row.sessionId === sessionId)
        .filter(({ state }) => state === 'queued')
        .sort((left, right) => left.seq - right.seq);
      return first === undefined ? undefined : readDelivery(first);
    },
    async webhookDeliveries(webhookId, { state, sessionId }, request) {
      const rows = [...opened().deliveries.values()].filter(
        (row) =>
          row.webhookId === webhookId &&
          (state === undefined || row.state === state) &&
          (sessionId === undefined || row.sessionId === sessionId),
      );
      const page = pageOf('deliveries', rows, 'desc', request);
      return { ...page, items: page.items.map(readDelivery) };
    },

    async draft(scope, id) {
      const row = opened().drafts.get(id);
      return row !== undefined && inScope(scope, row.tenantId)
        ? Draft.parse(JSON.parse(row.json))
        : undefined;
    },
    async drafts(scope, request) {
      const rows = [...opened().drafts.values()].filter((row) => inScope(scope, row.tenantId));
      const page = pageOf('drafts', rows, 'desc', request);
      return { ...page, items: page.items.map(readDraft) };
    },
    async repository(scope, id) {
      const row = opened().repositories.get(slot(scope.tenantId ?? undefined, id));
      return row === undefined ? undefined : readRepository(row);
    },
    async repositories(scope, filter, request) {
      const tenantId = scope.tenantId ?? undefined;
      const { repositories, repositoryProjects } = opened();
      const rows = [...repositories.values()].filter((row) => {
        if (row.tenantId !== tenantId) return false;
        const { id, displayName, remoteUrl, scmProvider } = readRepository(row);
        const { projectId, provider, q } = filter;
        return (
          (projectId === undefined || repositoryProjects.has(slot(tenantId, projectId, id))) &&
          (provider === undefined || provider === scmProvider) &&
          (q === undefined || [displayName, remoteUrl].some((text) => lower(text).includes(lower(q))))
        );
      });
      const page = pageOf('repositories', rows, 'desc', request);
      return { ...page, items: page.items.map(readRepository) };
    },
    async projects(scope, request) {
      const rows = [...opened().projects.values()].filter((row) => inScope(scope, row.tenantId));
      const page = pageOf('projects', rows, 'desc', request);
      return { ...page, items: page.items.map(readProject) };
    },
    async reply(scope, key, now) {
      const reply = opened().replies.get(slot(scope, key));
      return reply === undefined || reply.expiresAt <= now ? undefined : { ...reply };
    },

    readiness: async () => (closed ? ['The store is closed.'] : []),
    async close() {
      closed = true;
    },
  };
};

const logOf = ({
  record,
  updatedAt,
  ordinal,
  pruned,
  bytes,
  events,
  journalOffset,
}: SessionRow): SessionLog => ({
  sessionId: record.id,
  status: record.status,
  updated: { at: updatedAt, ordinal },
  pruned,
  lastSeq: pruned + events.length,
  bytes,
  oldestAt: events[0]?.stored.at ?? 0,
  journalOffset,
});

const isBeyond = (limits: LogLimits, { events, bytes }: SessionRow): boolean =>
  (limits.before !== undefined && (events[0]?.stored.at ?? 0) < limits.before) ||
  (limits.events !== undefined && events.length > limits.events) ||
  (limits.bytes !== undefined && bytes > limits.bytes);

const readSession = ({ record, json, pruned, events, journalOffset }: SessionRow): StoredSession => ({
  record: readJson(SessionRecord, json, `Session ${record.id}`),
  lastSeq: pruned + events.length,
  journalOffset,
});

const readApproval = ({ json }: { readonly json: string }) =>
  readJson(Approval, json, 'A permission request');
const readDraft = ({ json }: Row) => readJson(Draft, json, 'A draft');
const readWebhook = ({ json }: Row) => readJson(Webhook, json, 'A webhook');
const readDelivery = ({ json }: { readonly json: string }) =>
  readJson(WebhookDelivery, json, 'A webhook message');
const readProject = ({ json }: Row) => readJson(Project, json, 'A project');
/** As SQLite does it: only letters of ASCII have two cases. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const readRepository = ({ json }: Row) => readJson(Repository, json, 'A repository');
