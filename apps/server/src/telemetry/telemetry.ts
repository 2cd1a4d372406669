import {
  type Clock,
  type Family,
  gauge,
  type Log,
  type Metrics,
  type Tracer,
  untraced,
} from '@agent-harbor/core';
import type { Group } from '@agent-harbor/store';
import { watchLoopDelay } from './loop-delay.ts';
import type { ExportingTracer } from './otlp-tracer.ts';
import { createProcessFamilies } from './process-families.ts';
import { createServerMetrics } from './server-metrics.ts';

/** What tells about the server while it works. */
export interface Telemetry {
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  /** Hears of every transaction of the store. */
  readonly observe: (group: Group) => void;
  /** Everything that is counted, with what `parts` count themselves. A part that fails is left out, and told. */
  figures(
    ...parts: readonly (() => readonly Family[] | Promise<readonly Family[]>)[]
  ): Promise<readonly Family[]>;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Where spans are sent; nothing is traced without it. */
  readonly otlpEndpoint?: string | undefined;
}

/** How long nothing is said again of spans that cannot be sent. */
const quietMs = 60_000;

export const openTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { clock, log, version } = options;
  const metrics = createServerMetrics(clock.now);
  const processFamilies = createProcessFamilies();
  const loop = watchLoopDelay({ clock, log });
  const exporting = await openTracer(options);
  const build: Family = {
    name: 'agent_harbor_build_info',
    help: 'Always 1; the version is its label.',
    type: 'gauge',
    samples: [{ labels: { version }, value: 1 }],
  };
  const started = gauge(
    'agent_harbor_start_time_seconds',
    'When the server started, seconds since the epoch.',
    clock.now() / 1000,
  );
  return {
    metrics,
    tracer: exporting ?? untraced,
    observe: ({ commits, events, transactionMs, commitMs }) =>
      metrics.committed(commits, events, transactionMs, commitMs),
    async figures(...parts) {
      const told = await Promise.all(
        [...parts, processFamilies].map(async (part) => {
          try {
            return await part();
          } catch (error) {
            // One that cannot be counted now, as a disk that is gone, must not hide the others.
            log.warn('Something could not be counted', { error });
            return [];
          }
        }),
      );
      return [build, started, ...metrics.families(), loop.family(), ...told.flat()];
    },
    async close() {
      loop.close();
      await exporting?.close();
    },
  };
};

const openTracer = async ({
  otlpEndpoint,
  version,
  clock,
  log,
}: TelemetryOptions): Promise<ExportingTracer | undefined> => {
  if (otlpEndpoint === undefined) return undefined;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  let toldAt = Number.NEGATIVE_INFINITY;
  const onFailure = () => {
    if (clock.now() - toldAt < quietMs) return;
    toldAt = clock.now();
    log.warn('Spans could not be sent to the collector', {});
  };
  return createOtlpTracer({ endpoint: otlpEndpoint, version, onFailure });
};
