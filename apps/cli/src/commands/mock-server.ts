import type { MockServerSettings } from '@agent-harbor/mock-server/start';
import { z } from 'zod';
import { asFailureToStart } from '../access-point.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { serveUntilInterrupted } from '../serve.ts';
import { configure } from '../settings/configure.ts';
import type { Settings } from '../settings/read-settings.ts';
import { withSettings } from '../settings/setting-flags.ts';
import { clientSettings, mockServerSettings } from '../settings/table.ts';

const stateDir = { ...clientSettings.stateDir, about: 'where the key lies; nothing else is kept' };

export const mockServer = defineCommand({
  flags: z.object({ stopSessions: z.boolean().optional() }),
  declare: (command) =>
    withCommon(
      withSettings(
        command.description(
          'Runs the mock server: the contract of the real one, its agents played from scenarios, in memory.',
        ),
        [stateDir, ...Object.values(mockServerSettings)],
      ).option('--stop-sessions', 'understood as by the real server; here sessions always end with it'),
    ).addHelpText(
      'after',
      ({ command: called }) => `
With --json it prints one line when it is ready: {"url","pid","stateDir","keyFile"}.
In a configuration file its settings stand below "mockServer": {"mockServer": {"speed": 0.1}}.
Time, scenarios, faults and events are steered while it runs, below /mock: GET /mock/openapi.json describes that.

Examples:
  $ ${called.name()} --cors http://localhost:5173 --no-auth         for a web page in development
  $ ${called.name()} --data empty --freeze-at 2026-01-02T03:04:05Z  for a test: the same answers every time
  $ ${called.name()} --port 0 --json --speed 0.1 --scenario ./crash.yaml`,
    ),
  run: async (context) => {
    const start = async () => {
      const settings = await context.settings();
      const { startMockServer, MockServerConfig } = await import('@agent-harbor/mock-server/start');
      const config = configure(settings, 'mockServer', MockServerConfig, {
        stateDir: settings.stateDir,
        ...(settings.group('mockServer').has('data') ? {} : { data: dataAtStart(settings) }),
      });
      return startMockServer(config).catch((error: unknown) => {
        throw asFailureToStart(error);
      });
    };
    await serveUntilInterrupted(context, 'The mock of Agent Harbor', start, ({ url }) => [
      ['time, faults …', `${url}/mock/openapi.json`],
    ]);
  },
});

/**
 * Whoever starts it by hand wants to see something, but who brings scenarios wants to see those at once: the sessions of
 * the demo leave no place free. Tests that start it in their process begin with nothing.
 */
const dataAtStart = (settings: Settings): MockServerSettings['data'] =>
  settings.group('mockServer').has('scenarioFiles') ? 'empty' : 'demo';
