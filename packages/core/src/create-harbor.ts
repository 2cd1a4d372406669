import type { ApprovalPolicyInput } from '@agent-harbor/api-contract/schemas';
import { createCatalogue } from './catalogue/local-catalogue.ts';
import { createRefCache } from './catalogue/ref-cache.ts';
import { createUsageMeter } from './catalogue/usage-meter.ts';
import type { Clock } from './clock.ts';
import { createConversations } from './conversation/local-conversations.ts';
import { type OpenTokenCounter, openFourBytes } from './conversation/tokens.ts';
import { createDeliverer } from './delivery/deliverer.ts';
import { type Forges, noForges } from './delivery/forge.ts';
import { createDeliveries } from './delivery/local-deliveries.ts';
import { createEventLog } from './event/event-log.ts';
import type { Executor } from './executor/executor.ts';
import type { Harbor, HarborView } from './harbor.ts';
import { createIdempotency } from './idempotency.ts';
import type { Ids } from './ids.ts';
import { type Log, silent } from './log.ts';
import type { RetentionOptions } from './retention/policy.ts';
import { createRetention } from './retention/retention.ts';
import { type Scope, wholeHost } from './scope.ts';
import { createSerial } from './serial.ts';
import { createSessionControl } from './session/control.ts';
import { createSessions } from './session/sessions.ts';
import type { Store } from './store/store.ts';
import { createHub } from './stream/hub.ts';
import { createSharedReads } from './stream/shared-reads.ts';
import { createLocalTaskManager } from './task/local-task-manager.ts';
import { harborFigures } from './telemetry/harbor-figures.ts';
import { type Metrics, uncounted } from './telemetry/metrics.ts';
import { type Tracer, untraced } from './telemetry/tracer.ts';
import { createTerminals } from './terminal/local-terminals.ts';
import { createDispatch, type WebhookOptions } from './webhook/dispatch.ts';
import { createWebhooks } from './webhook/local-webhooks.ts';
import { createWorkspaces } from './workspace/local-workspaces.ts';

/** What a Harbor is made of. */
export interface HarborOptions {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How many sessions run at once; the others wait. Default 4. */
  readonly maxConcurrentTasks?: number | undefined;
  /** How long an agent that was asked to stop may take before it is killed, milliseconds. Default 10,000. */
  readonly stopGraceMs?: number | undefined;
  /** How permission requests of agents are met where a task does not say; who is silent is asked, and denied after 10 min. */
  readonly approvals?: ApprovalPolicyInput | undefined;
  /** Where pull requests can be opened; nowhere when undefined. */
  readonly forges?: Forges | undefined;
  readonly log?: Log | undefined;
  /** Is told what happens, to count it. */
  readonly metrics?: Metrics | undefined;
  /** Is told of the work for a session, as it begins and ends. */
  readonly tracer?: Tracer | undefined;
  /** What is dropped when; nothing is when undefined. It begins with `resume`. */
  readonly retention?: RetentionOptions | undefined;
  /** How webhooks are sent; a task or a caller that wants one is refused when undefined. */
  readonly webhooks?: WebhookOptions | undefined;
  /** How tokens are estimated where an agent tells of none; four bytes are a token when undefined. */
  readonly openCounter?: OpenTokenCounter | undefined;
  /** What the task manager says it is, for people. */
  readonly description?: string | undefined;
}

/** Joins the rules with a store, an executor, a clock and an id source. Nothing runs before the first call. */
export const createHarbor = (options: HarborOptions): Harbor => {
  const { store, executor, clock, ids, maxConcurrentTasks = 4, stopGraceMs = 10_000, log = silent } = options;
  const hub = createHub();
  const { metrics = uncounted, tracer = untraced } = options;
  const sessions = createSessions(store, hub, clock, metrics);
  const deliverer = createDeliverer(executor, options.forges ?? noForges);
  const { approvals } = options;
  const control = createSessionControl(
    { store, sessions, executor, deliverer, clock, log, stopGraceMs, approvals, tracer },
    maxConcurrentTasks,
  );
  const retention =
    options.retention &&
    createRetention({ ...options.retention, store, sessions, executor, clock, log, metrics });
  const idempotency = createIdempotency(store, clock);
  const serial = createSerial();
  const shared = createSharedReads(store);
  const dispatch =
    options.webhooks &&
    createDispatch({ store, hub, sessions, clock, ids, log, metrics, serial }, options.webhooks);
  const sources = { store, hub, isLive: sessions.isLive, metrics, shared };
  const { queue } = control;
  const { openCounter = openFourBytes } = options;
  const description = options.description ?? 'Agent Harbor in this process';
  const common = {
    store,
    sessions,
    control,
    hub,
    executor,
    deliverer,
    queue,
    clock,
    ids,
    serial,
    idempotency,
    dispatch,
    approvals,
  };

  const refs = createRefCache((url, signal) => executor.refs(url, signal), clock);
  const usage = createUsageMeter((sessionId) => executor.usage(sessionId), clock);

  const within = (scope: Scope): HarborView => {
    const events = createEventLog(sources, scope);
    const workspaces = createWorkspaces({ store, sessions, executor, idempotency }, scope);
    return {
      events,
      tasks: createLocalTaskManager({ ...common, description, events }, scope),
      workspaces,
      terminals: createTerminals(common, scope),
      catalogue: createCatalogue({ ...common, refs, usage, log }, scope),
      deliveries: createDeliveries(common, scope),
      conversations: createConversations({ ...common, workspaces, events, openCounter }, scope),
      webhooks: createWebhooks(common, scope),
    };
  };

  return {
    ...within(wholeHost),
    within,
    idempotency,
    async resume() {
      await control.resume();
      await dispatch?.resume();
      retention?.start();
    },
    async append(sessionId, bodies) {
      const at = clock.now();
      const { lastSeq } = await sessions.update(sessionId, () => ({
        events: bodies.map((body) => ({ at, body })),
        isUrgent: false,
      }));
      return lastSeq;
    },
    figures: () => harborFigures({ clock, store, sessions, queue, hub, shared }),
    readiness: () => store.readiness(),
    async close({ stopSessions = false } = {}) {
      await retention?.close();
      await dispatch?.close();
      await control.close(stopSessions);
      hub.close();
    },
  };
};
