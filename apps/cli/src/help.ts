import type { CommandEntry } from './command.ts';

/** What `ah`, or one noun of it, can do. */
export const overview = (commands: readonly CommandEntry[], noun?: string): string => {
  const shown = commands.filter(({ path }) => noun === undefined || path[0] === noun);
  const width = Math.max(...shown.map(({ path }) => path.join(' ').length));
  const lines = shown.map(({ path, summary }) => `  ${path.join(' ').padEnd(width)}  ${summary}`);
  return `${[
    noun === undefined ? 'Agent Harbor: run coding agents on many repositories at once.' : `ah ${noun}`,
    '',
    `Usage: ah ${noun ?? '<command>'} ${noun === undefined ? '' : '<command> '}[options]`,
    '',
    'Commands:',
    ...lines,
    '',
    ...(noun === undefined ? general : [`More about one: ah ${noun} <command> --help`]),
  ].join('\n')}\n`;
};

const general = [
  'Options of every command:',
  '  --rest-base <url>   where the server is (the one on this machine, else http://127.0.0.1:3001) [AH_REST_BASE]',
  '  --api-key <key>     the key to call it with (found by itself on the same machine) [AH_API_KEY]',
  '  --state-dir <dir>   where the server of this machine keeps its state [AH_HOME]',
  '  --config <file>     a JSON file with settings (config.json in the state directory) [AH_CONFIG]',
  '  --json              print JSON for programs',
  '  --no-color          print without colours [NO_COLOR]',
  '  --help, --version',
  '',
  'Settings come from flags, then from the environment (the names in brackets), then from the file.',
  '',
  'Examples:',
  '  $ ah start                                         see it work, on a demo repository',
  '  $ ah task --repo . --agent mock --prompt "Fix it" --follow',
  '  $ ah task --repo . --agent acp --prompt "Fix it" --follow -- opencode acp',
  '  $ ah session events latest --follow',
  '',
  'Exit codes: 0 ok, 1 failed, 2 repository, 3 agent, 4 credential, 5 network, 6 resource, 7 usage, 8 configuration,',
  '130 interrupted',
];
