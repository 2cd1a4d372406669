import { z } from 'zod';
import { startAccessPoint } from '../../access-point.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { serveUntilInterrupted } from '../../serve.ts';
import { withSettings } from '../../settings/setting-flags.ts';
import { clientSettings, serverSettings } from '../../settings/table.ts';

const stateDir = {
  ...clientSettings.stateDir,
  about: 'where everything is kept; belongs to one server at a time',
};
const apiKey = {
  ...clientSettings.apiKey,
  about: 'a key to accept beside the local one; needed beyond loopback',
};

// Names with dots may be nested: in a file their first word is an object.
const names = [...new Set(Object.keys(serverSettings).map((name) => name.replace(/\..*/, '')))];
const perLine = 6;
const listed = Array.from({ length: Math.ceil(names.length / perLine) }, (_, row) =>
  names.slice(row * perLine, (row + 1) * perLine).join(', '),
).join(',\n  ');

export const accessPoint = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(
      withSettings(
        command.description(
          'Runs the access point: the server that takes tasks and runs their sessions on this machine.',
        ),
        [stateDir, apiKey, ...Object.values(serverSettings)],
      ),
    ).addHelpText(
      'after',
      `
At its first start it makes a random key in its state directory; clients of the same user find it there by
themselves. A stop leaves running agents alone: the next server on the state directory goes on with them.
With --json it prints one line when it is ready: {"url","pid","stateDir","keyFile"}.

Settings come from flags, then from the environment (the names in brackets; lists with commas), then from a JSON file:
the one of --config or AH_CONFIG, else config.json in the state directory. It holds restBase, apiKey, stateDir, and
"server" with
  ${listed}:
  {"server": {"port": 3001, "stopGrace": 30, "rateLimit": "6000/60", "publicHosts": ["harbor.example.com"],
              "retention": {"events": {"age": "90d", "bytes": "1GiB"}, "total": {"bytes": "32GiB"}}}}

Examples:
  $ ah agent access-point
  $ ah agent access-point --port 0 --state-dir /tmp/harbor --json
  $ AH_API_KEY=$(openssl rand -hex 24) ah agent access-point --host 0.0.0.0 --public-host harbor.example.com`,
    ),
  run: async (context) => {
    await serveUntilInterrupted(context, 'Agent Harbor', () => startAccessPoint(context));
  },
});
