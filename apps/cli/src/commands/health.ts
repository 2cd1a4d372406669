import { z } from 'zod';
import { defineCommand, show, withCommon, withServer } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { oneLine } from '../terminal/sanitise.ts';

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
    show(context, report, () =>
      [
        `${context.style(ready ? 'green' : 'yellow', readiness.status)}  ${oneLine(version.name)} ${oneLine(version.version)} at ${base}`,
        ...readiness.reasons.map((reason) => `  ${oneLine(reason)}`),
        ...executors.map(
          (host) => `  ${oneLine(host.id)}: ${host.running} running, ${host.queued} queued, ${host.health}`,
        ),
      ].join('\n'),
    );
    return ready ? exitCodes.ok : exitCodes.network;
  },
});
