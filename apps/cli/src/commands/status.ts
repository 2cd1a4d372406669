import { z } from 'zod';
import { exitCodes } from '../exit-code.ts';
import { defineCommand, withCommon, withServer } from '../flags.ts';
import { describe } from '../status/describe.ts';
import { summarize } from '../status/summary.ts';
import { systemClock } from '../system-clock.ts';
import { paint } from '../terminal/text.ts';

export const status = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows what the server does now: its sessions, streams, commits, disk and how late it is.')
      .addHelpText(
        'after',
        `
The numbers are those of GET /metrics, which Prometheus reads. Of times it gives what 99 of 100 stay below, since the
start of the server; the event loop is that of the last 10 s. What a server does not count is left out.
Exit code 0: it is ready; 4: the credential is refused; 5: not reachable or not ready.

Examples:
  $ ah status
  $ ah status --json
  $ watch ah status`,
      ),
  run: async (context) => {
    const { service, base } = await context.client();
    const { name, version } = await service.version();
    const readiness = await service.readiness();
    const { fetchMetrics } = await import('../status/fetch-metrics.ts');
    const metrics = await fetchMetrics(base, await context.settings());
    const now = systemClock.now();
    const summary = summarize(metrics, now / 1000);
    const ready = readiness.status === 'ready';
    const report = { base, name, version, status: readiness.status, reasons: readiness.reasons, ...summary };
    await context.show(report, () => [
      [paint(ready ? 'green' : 'yellow', readiness.status), `  ${name} ${version} at ${base}`],
      ...readiness.reasons.map((reason) => `  ${reason}`),
      ...describe(summary, now),
    ]);
    return ready ? exitCodes.ok : exitCodes.network;
  },
});
