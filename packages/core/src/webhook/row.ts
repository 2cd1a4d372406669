/** A key of a webhook. */
export interface WebhookKey {
  readonly secret: string;
  /** Until when it signs, milliseconds since the epoch; for good when undefined. */
  readonly until?: number | undefined;
}

/** How far a webhook is with one session. What it has to send lies in the log, behind `cursor`. */
export interface WebhookLane {
  readonly webhookId: string;
  readonly sessionId: string;
  /** Everything up to this number of the session's log was taken, given up, or is of no interest to it. */
  readonly cursor: number;
  /** The last number that is known to interest it. */
  readonly upTo: number;
  /** When something is to be sent next, milliseconds since the epoch; null when there is nothing. */
  readonly dueAt: number | null;
  /** Since when something is to be sent. */
  readonly since: number | null;
  /** Whether deliveries of this session are `queued`; they go before the cursor. */
  readonly hasQueued: boolean;
}

/** Which webhooks to list. */
export interface WebhookFilter {
  readonly taskId?: string | undefined;
}

/** How much waits and was given up at a webhook. */
export interface WebhookCounts {
  readonly waitingSessions: number;
  /** Milliseconds since the epoch. */
  readonly waitingSince: number | null;
  readonly deadLetters: number;
}

/** So many deliveries in a state are kept for each webhook; the oldest go first. */
export const keptDeliveries = { delivered: 500, dead: 5_000 } as const;

/** The name of a lane among others. */
export const laneKey = (webhookId: string, sessionId: string): string => `${webhookId} ${sessionId}`;
