import type { AgentChoice } from '@agent-harbor/api-contract/schemas';
import type { Behaviour } from '../manager/context.ts';

/**
 * Opens a connection of its own, writes `bytes`, and gives what came until the server closed it or `isEnough` says so;
 * then it is dropped. Characters stand for bytes (0–255). Rejects when nobody answers, or not to the end.
 */
export type Exchange = (bytes: string, isEnough?: (received: string) => boolean) => Promise<string>;

/** A server that is checked from outside, byte by byte. */
export interface WireContext {
  /** Its address without a path: `http://127.0.0.1:3001`. */
  readonly base: string;
  /** A key with the role admin. */
  readonly apiKey: string;
  /** An agent of that server that behaves so. Throws `NotApplicable` when it has none. */
  readonly agent: (behaviour: Behaviour) => AgentChoice;
  readonly exchange: Exchange;
  /**
   * The url of a repository the server can read and deliver to, which checks may import, have it forget, and leave
   * branches in that begin with `wire-`. Its default branch is `main`. Without one they look at what the server knows and
   * change nothing of that.
   */
  readonly repo?: string | undefined;
  /** Labels for every task that is launched, so that it can be told from others; `tidy` finds them by it. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}
