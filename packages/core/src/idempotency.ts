import { untilAborted } from './call.ts';
import type { Clock } from './clock.ts';
import { digest } from './digest.ts';
import { Problem } from './problem.ts';
import type { Change, Store } from './store/store.ts';

/** How long a reply is kept. */
const keptMs = 24 * 60 * 60 * 1000;

/** A request that must happen once. */
export interface Claim {
  /** Caller and route. */
  readonly scope: string;
  readonly key: string;
  /** Everything that makes the request this request: method, path, body. */
  readonly request: unknown;
  /** What a twin that arrives meanwhile gets: the reply when it is there, or a problem at once (default). */
  readonly twin?: 'waits' | 'is-refused';
  /** Gives up waiting for the twin. */
  readonly signal?: AbortSignal | undefined;
}

/** What a repeatable request gave, and whether it was given before. */
export interface Outcome<Reply> {
  readonly reply: Reply;
  readonly replayed: boolean;
}

/**
 * Claim, effect and reply are one transaction: `work` gets the function that turns its reply into the row to commit
 * alongside its effect. A twin that arrives meanwhile is refused with `idempotency-in-progress` or waits, the same key with
 * another request with `idempotency-key-reused`. A failure leaves no trace, so the request can be repeated.
 *
 * Work outside the store gets `commandId`, which is the same for every repetition and for no other request: whoever does
 * that work writes the id down with the effect and does nothing for an id it knows. So a crash between effect and reply
 * costs nothing: the repetition finds the effect done, and only the reply is made again.
 */
export interface Idempotency {
  /** Gives the stored reply, or does the work and stores its reply with it. */
  once<Reply>(
    claim: Claim,
    work: (remember: (reply: Reply) => readonly Change[], commandId: string) => Promise<Reply>,
    read: (stored: unknown) => Reply,
  ): Promise<Outcome<Reply>>;
}

export const createIdempotency = (store: Store, clock: Clock): Idempotency => {
  const running = new Map<string, Promise<void>>();
  return {
    async once(claim, work, read) {
      const fingerprint = digest(JSON.stringify(claim.request) ?? '');
      const slot = JSON.stringify([claim.scope, claim.key]);
      for (let first = running.get(slot); first !== undefined; first = running.get(slot)) {
        if (claim.twin !== 'waits') throw new Problem('idempotency-in-progress', { retryAfterSeconds: 1 });
        const twin = first;
        await untilAborted(claim.signal, () => twin);
      }
      let done = () => {};
      running.set(
        slot,
        new Promise((resolve) => {
          done = resolve;
        }),
      );
      try {
        const stored = await store.reply(claim.scope, claim.key, clock.now());
        if (stored !== undefined) {
          if (stored.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused');
          return { reply: read(JSON.parse(stored.reply)), replayed: true };
        }
        const commandId = digest(JSON.stringify([claim.scope, claim.key, fingerprint]));
        const remember = (value: unknown): readonly Change[] => {
          const storedAt = clock.now();
          const { scope, key } = claim;
          return [
            {
              kind: 'reply-stored',
              reply: {
                scope,
                key,
                fingerprint,
                reply: JSON.stringify(value ?? null),
                storedAt,
                expiresAt: storedAt + keptMs,
              },
            },
          ];
        };
        return { reply: await work(remember, commandId), replayed: false };
      } finally {
        running.delete(slot);
        done();
      }
    },
  };
};
