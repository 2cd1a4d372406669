import type { ChildProcess } from 'node:child_process';
import type { ProcessTracking } from '@agent-harbor/api-contract/schemas';
import type { ProcessIdentity } from './identity.ts';

/**
 * Every process of one session, also those that left their parent, their group and their terminal. Each driver finds
 * them in its own way; what a driver cannot see is said in its file.
 */
export interface ProcessTree {
  /** Does what the first spawn would have to wait for; resolves when it would not. Whoever calls it spawns right then. */
  prepare(): Promise<void>;
  /** Starts a program as a member, in a session and process group of its own. */
  spawn(argv: readonly string[], options: SpawnOptions): ChildProcess;
  /** Has something else start a program as a member: within the call, and in a session and process group of its own. */
  born<Started extends { readonly pid?: number | undefined }>(start: () => Started): Started;
  /** The members that are alive now. */
  pids(): readonly number[];
  /** Sends a signal to every member; who stands still goes on, or the signal would not be met. */
  signal(name: NodeJS.Signals): void;
  /**
   * Makes every member stand still, and resolves when it is so; also when it was before. Rejects, and lets all go on,
   * when some do not in time, and with `pause-unsupported` where there is no way to do it. Ends early, with some
   * standing still, when the signal fires: the caller lets them go on then.
   */
  freeze(signal: AbortSignal): Promise<void>;
  /** Lets the members go on where they stood. */
  thaw(): void;
  /** Ends every member at once; resolves when none is left, rejects when some cannot be ended. */
  kill(): Promise<void>;
  /** Gives back what the host keeps for the tree; call it when no member is left. */
  dispose(): Promise<void>;
}

interface SpawnOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether the program can be written to. */
  readonly stdin: 'pipe' | 'ignore';
}

/** Where a session's tree is found again, by another process and after a restart. */
export type TreePlace =
  | { readonly kind: 'cgroup-v2' | 'cgroup-v1'; readonly directory: string }
  | { readonly kind: Exclude<ProcessTracking, 'cgroup-v2' | 'cgroup-v1' | 'simulated'> };

/** What is known about the session whose tree it is. */
export interface TreeOwner {
  readonly sessionId: string;
  /** The first process, once it was started; drivers without another way find the others from it. */
  root(): ProcessIdentity | undefined;
}

/** The variable every process of a session inherits. */
export const sessionVariable = 'AH_SESSION_ID';
