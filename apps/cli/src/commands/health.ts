import { AgentName } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { exitCodes } from '../exit-code.ts';
import { usageFailure } from '../failure.ts';
import { defineCommand, withCommon, withServer } from '../flags.ts';
import { hereWords } from '../render/presence.ts';
import { paint } from '../terminal/text.ts';

export const health = defineCommand({
  flags: z.object({ supportedAgents: z.union([z.literal(true), z.string()]).optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Tells whether the server answers, is ready, and accepts your credential.')
      .option(
        '--supported-agents [types]',
        'also which agents of vendors are on its host, and what they lack; these ones have to be signed in',
      )
      .addHelpText(
        'after',
        `
Exit code 0: all is well; 3: an agent that was named (as claude-code,codex) is not there; 4: the credential is
refused, or an agent that was named has none; 5: not reachable or not ready.

Examples:
  $ ah health
  $ ah health --rest-base https://harbor.example.com --json
  $ ah health --supported-agents codex`,
      ),
  run: async (context, _args, { supportedAgents }) => {
    const wanted = typeof supportedAgents === 'string' ? wantedTypes(supportedAgents) : undefined;
    const { service, catalogue, base } = await context.client();
    const version = await service.version();
    const readiness = await service.readiness();
    // The probes are public; only a real call tells whether the credential is good.
    const executors = await catalogue.executors();
    const ready = readiness.status === 'ready';
    const all = supportedAgents === undefined ? [] : await catalogue.agents();
    const agents = all.flatMap(({ type, presence }) =>
      presence !== undefined && (wanted === undefined || wanted.includes(type))
        ? [{ type, ...presence }]
        : [],
    );
    const report = {
      base,
      version: version.version,
      status: readiness.status,
      reasons: readiness.reasons,
      executors,
      ...(supportedAgents === undefined ? {} : { agents }),
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
      ...agents.flatMap(({ type, ...presence }) => [
        [paint(presence.authenticated ? 'green' : 'yellow', `  ${type}: ${hereWords(presence)}`)],
        ...presence.details.map((detail) => `    ${detail}`),
      ]),
    ]);
    if (!ready) return exitCodes.network;
    if (wanted === undefined) return exitCodes.ok;
    if (wanted.some((type) => !agents.some((agent) => agent.type === type && agent.present)))
      return exitCodes.launch;
    return agents.every(({ authenticated }) => authenticated) ? exitCodes.ok : exitCodes.auth;
  },
});

const wantedTypes = (text: string): readonly string[] => {
  const types = z.array(AgentName).safeParse(text.split(',').map((type) => type.trim()));
  if (types.success) return types.data;
  throw usageFailure(
    `--supported-agents ${text}: there is no such agent type.`,
    '`ah remote agents --types` lists them.',
  );
};
