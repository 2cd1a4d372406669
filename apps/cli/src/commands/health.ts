import { z } from 'zod';
import { exitCodes } from '../exit-code.ts';
import { defineCommand, withCommon, withServer } from '../flags.ts';
import { paint } from '../terminal/text.ts';

export const health = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Tells whether the server answers, is ready, and accepts your credential.')
      .addHelpText(
        'after',
        `
Exit code 0: all is well; 4: the credential is refused; 5: not reachable or not ready.

Examples:
  $ ah health
  $ ah health --rest-base https://harbor.example.com --json`,
      ),
  run: async (context) => {
    const { service, catalogue, base } = await context.client();
    const version = await service.version();
    const readiness = await service.readiness();
    // The probes are public; only a real call tells whether the credential is good.
    const executors = await catalogue.executors();
    const ready = readiness.status === 'ready';
    const report = {
      base,
      version: version.version,
      status: readiness.status,
      reasons: readiness.reasons,
      executors,
    };
    await context.show(report, () => [
      [
        paint(ready ? 'green' : 'yellow', readiness.status),
        `  ${version.name} ${version.version} at ${base}`,
      ],
      ...readiness.reasons.map((reason) => `  ${reason}`),
      ...executors.map(
        (host) => `  ${host.id}: ${host.running} running, ${host.queued} queued, ${host.health}`,
      ),
    ]);
    return ready ? exitCodes.ok : exitCodes.network;
  },
});
