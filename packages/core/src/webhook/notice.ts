import type { Webhook } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { inScope, wholeHost } from '../scope.ts';
import type { Serial } from '../serial.ts';
import type { Change, Store, StoredEvent } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import { hears } from './event-name.ts';
import { laneKey } from './row.ts';

export interface NoticeParts {
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly serial: Serial;
  readonly signal: AbortSignal;
  /** A webhook has something to send. */
  readonly wake: (webhookId: string) => void;
}

/** So much of the log is looked at in one go. */
const step = { limit: 500, maxBytes: 1024 * 1024 };
/** The webhooks of so many sessions are remembered. */
const knownSessions = 4_096;
/** The place in the log is written down at least so often, in events. */
const unwrittenEvents = 5_000;
/** After a failure of the store the log is looked at again after so long, milliseconds. */
const mendMs = 1_000;

/** Events of one session that a webhook hears of. */
interface Noticed {
  readonly webhookId: string;
  readonly sessionId: string;
  readonly first: number;
  last: number;
}

/**
 * Walks the log of the whole host once for all webhooks, and notes in their lanes up to where there is something for
 * them. Its place is kept in the store; what it looks at twice after a restart it notes as it was noted before.
 */
export class Notice {
  private readonly parts: NoticeParts;
  private position: number | undefined;
  private written = 0;
  private standing: readonly Webhook[] = [];
  private readonly bySession = new Map<string, readonly Webhook[]>();
  private leave: (() => void) | undefined;
  private walking: Promise<void> | undefined;
  private isAskedAgain = false;
  private generation = 0;

  constructor(parts: NoticeParts) {
    this.parts = parts;
  }

  /** Goes on where a former process was, if there are webhooks at all. */
  async resume(): Promise<void> {
    const position = await this.parts.store.noticedPosition();
    if (position === null) return;
    await this.begin(position);
  }

  /**
   * What has to be in the commit that makes a webhook, so that it hears of what comes after. Undefined when the log is
   * walked already.
   */
  async beginning(): Promise<Extract<Change, { kind: 'webhooks-noticed' }> | undefined> {
    if (this.position !== undefined) return undefined;
    const position = (await this.parts.store.eventBounds(wholeHost))?.newest ?? 0;
    return { kind: 'webhooks-noticed', position };
  }

  /** Walks from a position on, unless it walks already. */
  async begin(position: number): Promise<void> {
    if (this.position !== undefined) return;
    this.position = position;
    this.written = position;
    await this.changed();
    this.leave = this.parts.hub.channel(undefined).watch(this.look);
    this.look();
  }

  /** Webhooks were made, changed or deleted. */
  async changed(): Promise<void> {
    this.standing = await this.parts.store.webhooksFor(undefined);
    this.generation += 1;
    this.bySession.clear();
  }

  readonly look = (): void => {
    if (this.parts.signal.aborted) return;
    this.isAskedAgain = true;
    this.walking ??= this.walkWhileAsked().finally(() => {
      this.walking = undefined;
      if (this.isAskedAgain) this.look();
    });
  };

  /** Stops, and writes down where it is. */
  async close(): Promise<void> {
    this.leave?.();
    await this.walking;
    await this.write().catch(() => undefined);
  }

  private async walkWhileAsked(): Promise<void> {
    while (this.isAskedAgain && !this.parts.signal.aborted) {
      this.isAskedAgain = false;
      try {
        while (await this.walkStep());
      } catch (error) {
        this.parts.log.warn('The log could not be looked at for webhooks', { error });
        this.parts.clock.schedule(mendMs, this.look);
      }
    }
  }

  /** True when there may be more. */
  private async walkStep(): Promise<boolean> {
    const { store, hub, signal } = this.parts;
    if (signal.aborted || this.position === undefined) return false;
    const after = this.position;
    const events =
      hub.channel(undefined).after(after, step.maxBytes) ??
      (await store.events({ scope: wholeHost, after, order: 'asc', ...step }));
    const last = events.at(-1);
    if (last === undefined) return false;
    const noticed = await this.notice(events);
    await Promise.all(noticed.map((one) => this.note(one)));
    this.position = last.position;
    for (const webhookId of new Set(noticed.map((one) => one.webhookId))) this.parts.wake(webhookId);
    if (noticed.length > 0 || last.position - this.written >= unwrittenEvents) await this.write();
    return true;
  }

  private async write(): Promise<void> {
    const { position } = this;
    if (position === undefined || position === this.written) return;
    await this.parts.store.commit([{ kind: 'webhooks-noticed', position }], { isUrgent: true });
    this.written = position;
  }

  private async notice(events: readonly StoredEvent[]): Promise<readonly Noticed[]> {
    const found = new Map<string, Noticed>();
    for (const event of events) {
      const webhooks = this.bySession.get(event.sessionId) ?? (await this.webhooksOf(event.sessionId));
      for (const webhook of webhooks) {
        if (!hears(webhook.events, event)) continue;
        const key = laneKey(webhook.id, event.sessionId);
        const known = found.get(key);
        if (known !== undefined) known.last = event.seq;
        else {
          const { sessionId, seq } = event;
          found.set(key, { webhookId: webhook.id, sessionId, first: seq, last: seq });
        }
      }
    }
    return [...found.values()];
  }

  private async webhooksOf(sessionId: string): Promise<readonly Webhook[]> {
    const { store } = this.parts;
    const { generation } = this;
    const session = await store.session(wholeHost, sessionId);
    const record = session?.record;
    const ofTask = record === undefined ? [] : await store.webhooksFor(record.taskId);
    const standing = this.standing.filter(({ tenantId }) =>
      inScope({ tenantId: tenantId ?? null }, record?.tenantId),
    );
    const webhooks = [...standing, ...ofTask];
    // What was read while webhooks changed is not kept.
    if (generation !== this.generation) return webhooks;
    const [oldest] = this.bySession.keys();
    if (this.bySession.size >= knownSessions && oldest !== undefined) this.bySession.delete(oldest);
    this.bySession.set(sessionId, webhooks);
    return webhooks;
  }

  private note({ webhookId, sessionId, first, last }: Noticed): Promise<void> {
    const { store, serial, clock } = this.parts;
    return serial.run(laneKey(webhookId, sessionId), async () => {
      const known = await store.webhookLane(webhookId, sessionId);
      if (known !== undefined && last <= known.upTo) return;
      const now = clock.now();
      const lane = known ?? {
        webhookId,
        sessionId,
        cursor: first - 1,
        upTo: 0,
        dueAt: null,
        since: null,
        hasQueued: false,
      };
      await store.commit(
        [
          {
            kind: 'webhook-lane-saved',
            lane: { ...lane, upTo: last, dueAt: lane.dueAt ?? now, since: lane.since ?? now },
          },
        ],
        { isUrgent: true },
      );
    });
  }
}
