import type { Family } from '@agent-harbor/core';

/** What we measure ourselves, over a window, and so not twice. */
const ownMeasure = /^nodejs_eventloop_lag_/;

/** What the process takes of its host: time, memory, collections of garbage. Asked for the first time, it begins to count. */
export const createProcessFamilies = (): (() => Promise<readonly Family[]>) => {
  let registry: Promise<import('prom-client').Registry> | undefined;
  return async () => {
    registry ??= open();
    const metrics = await (await registry).getMetricsAsJSON();
    return metrics.flatMap(({ name, help, type, values }): Family[] => {
      const kind = kinds[type];
      if (kind === undefined || ownMeasure.test(name)) return [];
      return [
        {
          name,
          help,
          type: kind,
          samples: values.map((sample) => ({
            value: sample.value,
            labels: textOf(sample.labels),
            ...('metricName' in sample ? { suffix: String(sample.metricName).slice(name.length) } : {}),
          })),
        },
      ];
    });
  };
};

/** Loaded when somebody asks, because a start shall not wait for it. */
const open = async () => {
  // A bundle gives a module of CommonJS as a whole only.
  const { collectDefaultMetrics, Registry } = (await import('prom-client')).default;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 });
  return registry;
};

const kinds: Readonly<Record<string, Family['type']>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
};

const textOf = (labels: object): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
