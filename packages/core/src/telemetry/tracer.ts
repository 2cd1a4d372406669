/** What a span may say: words of closed lists, ids and numbers; never a prompt, a path or a secret. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is known of work when it begins. */
export interface SpanStart {
  readonly name: string;
  /** The `traceparent` of what this belongs to; none begins a trace. It was read before and is sound. */
  readonly parent: string | undefined;
  /** Whether it answers somebody else, or is done here. */
  readonly kind?: 'server' | 'internal';
  /** Milliseconds since the epoch; now when absent. */
  readonly startedAt?: number;
  readonly attributes?: SpanAttributes;
}

/** A piece of work that is under way. */
export interface Span {
  /** What work within it gives as its parent; undefined where nothing is traced. */
  readonly traceparent: string | undefined;
  /** It is over; `failure` is a closed word why it did not go well. Called once. */
  end(attributes?: SpanAttributes, failure?: string): void;
}

/** Is told of work as it begins and ends. Context is handed on as text, as it is on the wire, in a record, in an environment. */
export interface Tracer {
  /** Work begins; what is given back is ended with it. */
  begin(start: SpanStart): Span;
}

const nowhere: Span = { traceparent: undefined, end: () => {} };

/** Keeps no spans; what came with a trace is handed on as it came. */
export const untraced: Tracer = {
  begin: ({ parent }) => (parent === undefined ? nowhere : { traceparent: parent, end: () => {} }),
};

/** Does work within a span, which ends with it, also when it fails. */
export const traced = async <Result>(
  tracer: Tracer,
  start: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> => {
  const span = tracer.begin(start);
  try {
    const result = await work(span);
    span.end();
    return result;
  } catch (error) {
    span.end(undefined, failureOf(error));
    throw error;
  }
};

/** The code of a problem is from a closed list; the words of any other error may hold anything. */
const failureOf = (error: unknown): string =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^[\w-]{1,40}$/.test(error.code)
    ? error.code
    : 'internal';
