import { type Metrics, uncounted } from '../telemetry/metrics.ts';
import type { SpanStart, Tracer } from '../telemetry/tracer.ts';

/** What was told to count, in order: the fact and its numbers. */
export const recordMetrics = (): { readonly metrics: Metrics; readonly told: unknown[][] } => {
  const told: unknown[][] = [];
  const metrics = new Proxy(uncounted, {
    get:
      (_, fact) =>
      (...numbers: unknown[]) => {
        told.push([fact, ...numbers]);
        return told.length;
      },
  });
  return { metrics, told };
};

/** A span as it ended. */
export interface EndedSpan extends SpanStart {
  readonly traceparent: string;
  readonly end: unknown;
  readonly failure: string | undefined;
}

/** Spans as they ended; each has a number for an id, and the trace of its parent. */
export const recordSpans = (): { readonly tracer: Tracer; readonly spans: EndedSpan[] } => {
  const spans: EndedSpan[] = [];
  let begun = 0;
  const tracer: Tracer = {
    begin(start) {
      begun += 1;
      const trace = start.parent?.split('-')[1] ?? String(begun).padStart(32, '0');
      const traceparent = `00-${trace}-${String(begun).padStart(16, '0')}-01`;
      return {
        traceparent,
        end: (end, failure) => {
          spans.push({ ...start, traceparent, end, failure });
        },
      };
    },
  };
  return { tracer, spans };
};
