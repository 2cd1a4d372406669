import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { collect, defineCommand, withCommon } from '../../command.ts';
import { programCommands } from '../../programs/locate.ts';
import { serveUntilInterrupted } from '../../serve.ts';

const list = z.array(z.string()).optional();

const Flags = z.object({
  host: z.string().optional(),
  port: z.string().optional(),
  maxConcurrentTasks: z.string().optional(),
  auth: z.boolean().default(true),
  stopSessions: z.boolean().optional(),
  publicHost: list,
  allowedOrigin: list,
  trustedProxy: list,
  logLevel: z.string().optional(),
});

export const accessPoint = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(command)
      .description(
        'Runs the access point: the server that takes tasks and runs their sessions on this machine.',
      )
      .option('--host <address>', 'where to listen (AH_HOST; 127.0.0.1)')
      .option('--port <number>', 'the port; 0 takes a free one (AH_PORT; 3001)')
      .option('--state-dir <dir>', 'where everything is kept; belongs to one server at a time (AH_HOME)')
      .option('--max-concurrent-tasks <number>', 'how many sessions run at once (AH_MAX_CONCURRENT_TASKS; 4)')
      .option(
        '--stop-sessions',
        'a stop of the server stops its sessions too; they go on by default (AH_STOP_SESSIONS)',
      )
      .option('--api-key <key>', 'a key to accept beside the local one; needed beyond loopback (AH_API_KEY)')
      .option('--no-auth', 'accept everyone who can reach the port; only on loopback (AH_NO_AUTH)')
      .option('--public-host <name>', 'a host name to answer to; may be repeated (AH_PUBLIC_HOSTS)', collect)
      .option(
        '--allowed-origin <origin>',
        'a web page that may call; may be repeated (AH_ALLOWED_ORIGINS)',
        collect,
      )
      .option(
        '--trusted-proxy <address>',
        'a proxy to believe; may be repeated (AH_TRUSTED_PROXIES)',
        collect,
      )
      .option('--log-level <level>', 'silent, error, warn, info or debug (AH_LOG_LEVEL; warn)')
      .addHelpText(
        'after',
        `
At its first start it makes a random key in its state directory; clients of the same user find it there by
themselves. A stop leaves running agents alone: the next server on the state directory goes on with them.
With --json it prints one line when it is ready: {"url","pid","stateDir","keyFile"}.

The settings may also stand in a JSON file (--config): {"server": {"port": 3001, "maxConcurrentTasks": 8}}.
Flags come before the file, the file before the environment.

Examples:
  $ ah agent access-point
  $ ah agent access-point --port 0 --state-dir /tmp/harbor --json
  $ AH_API_KEY=$(openssl rand -hex 24) ah agent access-point --host 0.0.0.0 --public-host harbor.example.com`,
      ),
  run: async (context, _args, flags) => {
    const { startServer, ServerConfig } = await import('@agent-harbor/server/start');
    const { settings } = context;
    const given = settings.server('server', {
      host: flags.host,
      port: flags.port === undefined ? undefined : Number(flags.port),
      maxConcurrentTasks:
        flags.maxConcurrentTasks === undefined ? undefined : Number(flags.maxConcurrentTasks),
      noAuth: flags.auth ? undefined : true,
      stopSessions: flags.stopSessions,
      publicHosts: flags.publicHost,
      allowedOrigins: flags.allowedOrigin,
      trustedProxies: flags.trustedProxy,
      logLevel: flags.logLevel,
    });
    const config = { ...given, stateDir: settings.stateDir, apiKey: settings.apiKey, ...programCommands() };
    await serveUntilInterrupted(context, 'Agent Harbor', () => startServer(parse(ServerConfig, config)));
  },
});
