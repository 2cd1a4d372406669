import type { ApiName } from '../exchange/request.ts';
import type { Difference } from '../script/mismatch.ts';

/** What became of a request. */
export type Outcome =
  /** The scenario answered. */
  | 'scenario'
  /** It asked for something beside the work and got a short answer. */
  | 'aside'
  /** The scenario had nothing left to say. */
  | 'over'
  /** It was not what the scenario expects. */
  | 'mismatch'
  /** The scenario, or a fault that was set, let it fail. */
  | 'failed'
  /** It was refused: no key, not understood. */
  | 'refused'
  | 'count'
  | 'models';

/** One request and what it was answered, as the log of requests has it. No header with a key is kept. */
export interface RecordedRequest {
  readonly number: number;
  readonly at: string;
  readonly api: ApiName | null;
  readonly method: string;
  readonly path: string;
  readonly userAgent: string | null;
  readonly model: string | null;
  readonly session: string | null;
  readonly outcome: Outcome;
  readonly status: number;
  readonly scenario: string | null;
  /** Counted from 0. */
  readonly turn: number | null;
  /** Which answer of the turn, counted from 0. */
  readonly response: number | null;
  /** The tools the answer uses, in the agent's own words. */
  readonly tools: readonly { readonly name: string; readonly input: unknown }[];
  readonly text: string;
  /** What was expected (`-`) and what came (`+`). */
  readonly difference: Difference | null;
  /** Faults that struck it, by their kind. */
  readonly faults: readonly string[];
  /** Why it was refused or failed. */
  readonly message: string | null;
  /** The body as it came, where it was JSON. */
  readonly body: unknown;
}

/** The last requests, bounded in number and size; what is older is dropped. */
export interface RequestLog {
  /** Keeps one more, of so many bytes, and gives it its number. */
  add(request: Omit<RecordedRequest, 'number'>, bytes: number): RecordedRequest;
  /** What is kept, the oldest first. */
  list(): readonly RecordedRequest[];
  /** Forgets them; numbers go on. */
  clear(): void;
}

const most = 1_000;
const mostBytes = 64 * 1024 * 1024;

export const createRequestLog = (): RequestLog => {
  let kept: { request: RecordedRequest; bytes: number }[] = [];
  let total = 0;
  let count = 0;
  return {
    add(request, bytes) {
      count += 1;
      const recorded = { number: count, ...request };
      kept.push({ request: recorded, bytes });
      total += bytes;
      while (kept.length > most || (total > mostBytes && kept.length > 1)) total -= kept.shift()?.bytes ?? 0;
      return recorded;
    },
    list: () => kept.map(({ request }) => request),
    clear() {
      kept = [];
      total = 0;
    },
  };
};
