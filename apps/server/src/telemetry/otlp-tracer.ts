import { readTraceparent, type Tracer, traceparent } from '@agent-harbor/core';
import { DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** A tracer whose spans leave the process. */
export interface ExportingTracer extends Tracer {
  /** Sends what is left, if that can be done within a few seconds. Never rejects. */
  close(): Promise<void>;
}

export interface OtlpTracerOptions {
  /** Where the collector is; `/v1/traces` is appended. */
  readonly endpoint: string;
  readonly version: string;
  /** Hears that spans are lost. */
  readonly onFailure: () => void;
}

const exportMs = 3_000;

/** Sends spans to a collector by OTLP over HTTP. This file brings the SDK, so it is loaded where a collector is configured. */
export const createOtlpTracer = ({ endpoint, version, onFailure }: OtlpTracerOptions): ExportingTracer => {
  // What the SDK says of a failure may hold the address with its credential: that it failed is enough.
  const silent = () => {};
  const logger = { error: onFailure, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: exportMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'agent-harbor', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: exportMs }),
    ],
  });
  const tracer = provider.getTracer('agent-harbor', version);
  return {
    begin({ name, parent, kind, startedAt, attributes }) {
      const remote = readTraceparent(parent);
      const context =
        remote === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId: remote.traceId,
              spanId: remote.spanId,
              traceFlags: remote.flags,
              isRemote: true,
            });
      const span = tracer.startSpan(
        name,
        {
          kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL,
          ...(startedAt === undefined ? {} : { startTime: new Date(startedAt) }),
          ...(attributes === undefined ? {} : { attributes }),
        },
        context,
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: traceparent({ traceId, spanId, flags: traceFlags & 1 }),
        end(more, failure) {
          if (more !== undefined) span.setAttributes(more);
          if (failure !== undefined) {
            span.setStatus({ code: SpanStatusCode.ERROR });
            span.setAttribute('error.type', failure);
          }
          span.end();
        },
      };
    },
    close: () => provider.shutdown().catch(onFailure),
  };
};
