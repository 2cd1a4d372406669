import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { collect, defineCommand, withCommon } from '../command.ts';
import { serveUntilInterrupted } from '../serve.ts';

const list = z.array(z.string()).optional();

const Flags = z.object({
  host: z.string().optional(),
  port: z.string().optional(),
  maxConcurrentTasks: z.string().optional(),
  auth: z.boolean().default(true),
  allowedOrigin: list,
  seed: z.string().optional(),
  speed: z.string().optional(),
  scenario: list,
  stopSessions: z.boolean().optional(),
});

export const mockServer = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(command)
      .description(
        'Runs the mock server: the contract of the real one, its agents played from scenarios, in memory.',
      )
      .option('--host <address>', 'where to listen, on loopback (AH_MOCK_HOST; 127.0.0.1)')
      .option('--port <number>', 'the port; 0 takes a free one (AH_MOCK_PORT; 3001)')
      .option('--state-dir <dir>', 'where the key lies; nothing else is kept (AH_HOME)')
      .option('--seed <text>', 'the same seed and the same requests give the same ids (AH_MOCK_SEED; mock)')
      .option('--speed <factor>', 'delays are multiplied by it: 0.1 is ten times as fast (AH_MOCK_SPEED; 1)')
      .option('--scenario <file>', 'a YAML file beside the built-in scenarios; may be repeated', collect)
      .option(
        '--max-concurrent-tasks <number>',
        'how many sessions run at once (AH_MOCK_MAX_CONCURRENT_TASKS; 16)',
      )
      .option('--no-auth', 'accept everyone on this machine (AH_MOCK_NO_AUTH)')
      .option(
        '--allowed-origin <origin>',
        'a web page that may call; may be repeated (AH_MOCK_ALLOWED_ORIGINS)',
        collect,
      )
      .option('--stop-sessions', 'understood as by the real server; here sessions always end with it')
      .addHelpText(
        'after',
        `
With --json it prints one line when it is ready: {"url","pid","stateDir","keyFile"}.

Examples:
  $ ah mock-server --port 0 --json
  $ ah mock-server --speed 0.1 --scenario ./crash.yaml --allowed-origin http://localhost:5173`,
      ),
  run: async (context, _args, flags) => {
    const { startMockServer, MockServerConfig } = await import('@agent-harbor/mock-server/start');
    const { settings } = context;
    const given = settings.server('mockServer', {
      host: flags.host,
      port: flags.port === undefined ? undefined : Number(flags.port),
      maxConcurrentTasks:
        flags.maxConcurrentTasks === undefined ? undefined : Number(flags.maxConcurrentTasks),
      noAuth: flags.auth ? undefined : true,
      allowedOrigins: flags.allowedOrigin,
      seed: flags.seed,
      speed: flags.speed === undefined ? undefined : Number(flags.speed),
      scenarioFiles: flags.scenario,
    });
    const config = { ...given, stateDir: settings.stateDir };
    await serveUntilInterrupted(context, 'The mock of Agent Harbor', () =>
      startMockServer(parse(MockServerConfig, config)),
    );
  },
});
