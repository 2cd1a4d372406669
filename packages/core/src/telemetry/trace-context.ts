/** The place of a piece of work in a trace (W3C Trace Context, version 00). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** 16 of them: the span the work belongs to. */
  readonly spanId: string;
  /** The lowest bit says that the trace is kept. */
  readonly flags: number;
}

const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * What a `traceparent` says; undefined when it says nothing that can be trusted: then it is as if none had come. A later
 * version may be longer, and is read as far as this one knows.
 */
export const readTraceparent = (text: string | undefined): TraceContext | undefined => {
  if (text === undefined || text.length > 512) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = shape.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & 1 };
};

/** A context as the next one reads it. */
export const traceparent = ({ traceId, spanId, flags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${flags === 0 ? '00' : '01'}`;
