import type { WebhookAnswer } from './sender.ts';

/** When a message that was not taken is tried again, and when it is given up. */
export interface WebhookRetry {
  /** The first wait, milliseconds; each one is `factor` times the one before, and none longer than `maxMs`. */
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** So many attempts are made of a message. */
  readonly attempts: number;
  /** An event that is older than this when an attempt at it fails is given up, milliseconds. */
  readonly maxAgeMs: number;
}

/** Twelve attempts within some 23 hours; a backlog older than three days is given up at its first failure. */
export const usualRetry: WebhookRetry = {
  firstMs: 5_000,
  factor: 3,
  maxMs: 6 * 3_600_000,
  attempts: 12,
  maxAgeMs: 3 * 86_400_000,
};

/** A receiver may ask for this much patience and no more, milliseconds. */
const mostPatience = 24 * 3_600_000;

/** What becomes of a message after an attempt. `gone` also ends the webhook: the receiver said that it is no more. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'dead' }
  | { readonly kind: 'gone' };

/**
 * Judges the attempt number `attempt`, counted from 1. The wait is a fifth longer at most by `chance`, a number in
 * [0, 1), so that receivers that failed together are not called together; a longer `Retry-After` is honoured.
 */
export const judge = (
  answer: WebhookAnswer,
  { attempt, ageMs, chance }: { readonly attempt: number; readonly ageMs: number; readonly chance: number },
  retry: WebhookRetry,
): Verdict => {
  const status = answer.kind === 'answered' ? answer.status : 0;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone' };
  if (attempt >= retry.attempts || ageMs > retry.maxAgeMs) return { kind: 'dead' };
  const wait = Math.min(retry.firstMs * retry.factor ** (attempt - 1), retry.maxMs) * (1 + chance / 5);
  const asked = answer.kind === 'answered' ? Math.min(answer.retryAfterMs ?? 0, mostPatience) : 0;
  return { kind: 'retry', afterMs: Math.round(Math.max(wait, asked)) };
};

/** Why an attempt failed, for people; undefined when it did not. */
export const reasonOf = (answer: WebhookAnswer): string | undefined => {
  if (answer.kind === 'failed') return answer.reason;
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed.`;
  if (status === 410) return 'The receiver answered 410: it is gone.';
  return `The receiver answered ${status}.`;
};
