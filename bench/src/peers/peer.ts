import type { RequestBytes } from '../load/requests.ts';
import type { Spread } from '../statistics.ts';

/** What a server that runs can be asked for; what it does not have stays away. */
export interface Work {
  readonly get?: RequestBytes;
  readonly list?: RequestBytes;
  /** A stream on which events come. */
  readonly stream?: RequestBytes;
  /** Causes events on that stream. */
  readonly event?: RequestBytes;
  /** The stream from its beginning, and how many events `event` puts on it. */
  readonly resume?: { readonly stream: RequestBytes; readonly eventsEach: number };
}

/** A server of others, or ours, as it is started and asked. */
export interface Peer {
  readonly name: string;
  argv(port: number): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answered with 200 when it serves. */
  readonly health: string;
  /** What it needs before it can be measured, and then can be asked for. */
  prepare(port: number): Promise<Work>;
  /** What has to be known to compare it, in a sentence or two. */
  readonly note: string;
}

/** What was measured of a peer, by what it is. */
export type PeerFigures = Readonly<Record<string, Spread>>;

/** What was measured of the peers. */
export interface PeerReport {
  readonly measured: readonly {
    readonly name: string;
    readonly note: string;
    readonly figures: PeerFigures;
    /** Where it ended before everything was measured: why. */
    readonly failure?: string | undefined;
  }[];
  /** Those that could not be installed, and why. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
  readonly versions: Readonly<Record<string, string>>;
}
