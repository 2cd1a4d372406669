import type { JsonObject } from '@agent-harbor/api-contract/schemas';

/** A piece of text at its time, in milliseconds from the start of the reply. */
export interface Piece {
  readonly atMs: number;
  readonly text: string;
}

/** A tool the model wants to be used. */
interface Call {
  readonly id: string;
  readonly name: string;
  /** Arguments, or the one text a freeform tool takes. */
  readonly input: JsonObject | string;
}

/** What tokens a reply is said to have cost. */
interface Usage {
  readonly input: number;
  readonly output: number;
}

/** What the model answers, whatever the API. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970, where an API tells when a reply was made. */
  readonly createdAt: number;
  readonly thoughts: readonly Piece[];
  readonly texts: readonly Piece[];
  readonly calls: readonly Call[];
  /** When the calls are told, in milliseconds from the start. */
  readonly endMs: number;
  readonly stop: 'end' | 'calls' | 'length' | 'refusal';
  readonly usage: Usage;
}

/** One event of a stream: a name where the API has names, and data. */
export interface Frame {
  readonly atMs: number;
  readonly event?: string;
  readonly data: JsonObject | '[DONE]';
}

/** A failure, in words that every API has. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** A text cut into what a stream brings at once: a few words each. */
export const inChunks = (text: string): readonly string[] =>
  text.match(/[\s\S]{1,24}(?=\s|$)|[\s\S]{1,24}/gu) ?? [];
