import type { AgentChoice } from '@agent-harbor/api-contract/schemas';
import type { Behaviour } from '../manager/context.ts';

/** A server that is checked from outside, byte by byte. */
export interface WireContext {
  /** Its address without a path: `http://127.0.0.1:3001`. */
  readonly base: string;
  /** A key with the role admin. */
  readonly apiKey: string;
  /** An agent of that server that behaves so. */
  readonly agent: (behaviour: Behaviour) => AgentChoice;
  /**
   * Opens a connection of its own, writes `bytes`, and gives what came until the server closed it or `isEnough` says
   * so; then it is dropped. Characters stand for bytes (0–255). A server that sends nothing for long is a failure.
   */
  readonly exchange: (bytes: string, isEnough?: (received: string) => boolean) => Promise<string>;
}
