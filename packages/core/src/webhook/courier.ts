import type { Webhook } from '@agent-harbor/api-contract/schemas';
import type { Log } from '../log.ts';
import { wholeHost } from '../scope.ts';
import { type AttemptParts, attempt } from './attempt.ts';
import type { Places } from './places.ts';
import type { WebhookLane } from './row.ts';
import type { Standing, Standings } from './standing.ts';

export interface CourierParts extends AttemptParts {
  readonly places: Places;
  readonly standings: Standings;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** There is nothing to send any more, or nobody to send it to. */
  readonly done: (courier: Courier) => void;
}

/** After the store or the log failed, it is asked again after so long, milliseconds. */
const mendMs = 1_000;
/** No timer is set for longer, milliseconds. */
const longestWait = 3_600_000;

/**
 * Sends what one webhook has to send: several sessions at once, of each session one message after another. It knows only
 * what is under way; what is to be done lies in the store.
 */
export class Courier {
  readonly webhookId: string;
  private readonly parts: CourierParts;
  private readonly underWay = new Map<string, Promise<void>>();
  /** Sessions that are left alone after a failure on this side. */
  private readonly resting = new Set<string>();
  private looking: Promise<void> | undefined;
  private isAskedAgain = false;
  private cancelTimer: (() => void) | undefined;

  constructor(webhookId: string, parts: CourierParts) {
    this.webhookId = webhookId;
    this.parts = parts;
  }

  /** Looks for what is due. Calls that come while it looks are one. */
  readonly look = (): void => {
    if (this.parts.signal.aborted) return;
    this.isAskedAgain = true;
    this.looking ??= this.lookWhileAsked().finally(() => {
      this.looking = undefined;
      if (this.isAskedAgain) this.look();
    });
  };

  /** Resolves when nothing of it is under way. */
  async settled(): Promise<void> {
    this.cancelTimer?.();
    await this.looking;
    await Promise.all(this.underWay.values());
  }

  private async lookWhileAsked(): Promise<void> {
    while (this.isAskedAgain && !this.parts.signal.aborted) {
      this.isAskedAgain = false;
      try {
        await this.lookOnce();
      } catch (error) {
        this.parts.log.warn('Webhook messages could not be looked for', { webhookId: this.webhookId, error });
        this.wakeIn(mendMs);
      }
    }
  }

  private async lookOnce(): Promise<void> {
    const { store, clock, places, standings, done } = this.parts;
    const webhook = await store.webhook(wholeHost, this.webhookId);
    const isOpen = webhook?.state === 'enabled';
    const standing = isOpen ? await standings.of(webhook) : 'new';
    const known = this.underWay.size + this.resting.size;
    const lanes = isOpen ? await store.lanesDue(this.webhookId, places.of(standing) + known + 1) : [];
    const now = clock.now();
    for (const lane of lanes) {
      if (webhook === undefined || this.parts.signal.aborted) return;
      if (this.underWay.has(lane.sessionId) || this.resting.has(lane.sessionId)) continue;
      const waitMs = (lane.dueAt ?? now) - now;
      if (waitMs > 0) {
        this.wakeIn(waitMs);
        return;
      }
      const { size } = this.underWay;
      if (size >= places.of(standing) || !places.take(standing, size, this.look)) return;
      this.serve(webhook, lane, standing);
    }
    const isIdle = this.underWay.size + this.resting.size === 0 && !this.isAskedAgain;
    if (isIdle && (lanes.length === 0 || !isOpen)) done(this);
  }

  private serve(webhook: Webhook, lane: WebhookLane, standing: Standing): void {
    const { sessionId } = lane;
    const { log, places, standings, signal } = this.parts;
    const work = attempt(this.parts, webhook, lane, signal)
      .then((verdict) => {
        if (verdict !== undefined) standings.tell(webhook, verdict === 'delivered' ? 'known' : 'failed');
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        log.warn('A webhook message could not be prepared or written down', {
          webhookId: webhook.id,
          sessionId,
          error,
        });
        this.rest(sessionId);
      })
      .finally(() => {
        this.underWay.delete(sessionId);
        places.give(standing);
        this.look();
      });
    this.underWay.set(sessionId, work);
  }

  private rest(sessionId: string): void {
    this.resting.add(sessionId);
    this.parts.clock.schedule(mendMs, () => {
      this.resting.delete(sessionId);
      this.look();
    });
  }

  private wakeIn(ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.parts.clock.schedule(Math.min(ms, longestWait), this.look);
  }
}
