import type { Ide, IdeWay } from '@agent-harbor/api-contract/schemas';

/** What an editor is opened on. */
export interface IdePlace {
  /** The directory of the workspace on its host, absolute. */
  readonly root: string;
  /** A file below it, absolute. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** The ways to open an editor: on the host itself, and over SSH. */
interface IdeRule {
  readonly local: (place: IdePlace) => IdeWay;
  readonly remote: (place: IdePlace, host: string) => IdeWay;
}

/** Every part of a path as an address has it; a Windows path begins with a drive. */
const address = (path: string): string => {
  const parts = path.replaceAll('\\', '/').split('/').map(encodeURIComponent);
  const text = parts.join('/').replace(/^([A-Za-z])%3A/, '$1:');
  return text.startsWith('/') ? text : `/${text}`;
};

/** A word for the shell at the other end of SSH, which puts what it is given together again. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const placeOf = ({ file, line }: IdePlace): string =>
  file === undefined ? '' : line === undefined ? file : `${file}:${line}`;

const codeLike = (scheme: string, program: string): IdeRule => {
  const shown = (place: IdePlace) => (place.file === undefined ? [] : ['--goto', placeOf(place)]);
  const target = ({ root, file, line }: IdePlace) =>
    address(file ?? root) + (file !== undefined && line !== undefined ? `:${line}` : '');
  return {
    local: (place) => ({
      url: `${scheme}://file${target(place)}`,
      command: [program, place.root, ...shown(place)],
    }),
    remote: (place, host) => ({
      url: `${scheme}://vscode-remote/ssh-remote+${encodeURIComponent(host)}${target(place)}`,
      command: [program, '--remote', `ssh-remote+${host}`, place.root, ...shown(place)],
    }),
  };
};

/** An editor of a terminal: elsewhere it runs on the host. */
const terminalProgram = (argv: (place: IdePlace) => readonly string[]): IdeRule => ({
  local: (place) => ({ url: null, command: [...argv(place)] }),
  remote: (place, host) => ({
    url: null,
    command: [
      'ssh',
      '-t',
      '--',
      host,
      `cd ${quoted(place.root)} && exec ${argv(place).map(quoted).join(' ')}`,
    ],
  }),
});

const atLine =
  (program: string) =>
  ({ root, file, line }: IdePlace): readonly string[] => [
    program,
    ...(file !== undefined && line !== undefined ? [`+${line}`] : []),
    '--',
    file ?? root,
  ];

const rules: Readonly<Record<Ide, IdeRule>> = {
  vscode: codeLike('vscode', 'code'),
  'vscode-insiders': codeLike('vscode-insiders', 'code-insiders'),
  vscodium: codeLike('vscodium', 'codium'),
  cursor: codeLike('cursor', 'cursor'),
  windsurf: codeLike('windsurf', 'windsurf'),
  zed: {
    local: (place) => ({
      url: `zed://file${address(place.file ?? place.root)}${place.file !== undefined && place.line !== undefined ? `:${place.line}` : ''}`,
      command: ['zed', place.root, ...(place.file === undefined ? [] : [placeOf(place)])],
    }),
    remote: ({ root, file }, host) => ({
      url: `zed://ssh/${host}${address(file ?? root)}`,
      command: ['zed', `ssh://${host}${address(root)}`],
    }),
  },
  jetbrains: {
    local: ({ root, file, line }) => ({
      url: null,
      command: [
        'idea',
        root,
        ...(file === undefined ? [] : [...(line === undefined ? [] : ['--line', String(line)]), file]),
      ],
    }),
    remote: ({ root }, host) => {
      const at = host.indexOf('@');
      const user = at === -1 ? [] : [`user=${encodeURIComponent(host.slice(0, at))}`];
      const parts = ['type=ssh', 'deploy=true', `host=${encodeURIComponent(host.slice(at + 1))}`, ...user];
      const url = `jetbrains-gateway://connect#${[...parts, `projectPath=${encodeURIComponent(root)}`].join('&')}`;
      return { url, command: ['gateway', url] };
    },
  },
  vim: terminalProgram(atLine('vim')),
  neovim: terminalProgram(atLine('nvim')),
  emacs: terminalProgram(atLine('emacs')),
  terminal: {
    local: ({ root }) => ({
      url: null,
      command: ['sh', '-c', 'cd -- "$1" && exec "$SHELL"', 'sh', root],
    }),
    remote: ({ root }, host) => ({
      url: null,
      command: ['ssh', '-t', '--', host, `cd ${quoted(root)} && exec "$SHELL" -l`],
    }),
  },
};

/** How an editor is opened on the host of the workspace, and from elsewhere when SSH reaches it by a name. */
export const ideWays = (
  ide: Ide,
  place: IdePlace,
  sshHost: string | undefined,
): { readonly local: IdeWay; readonly remote: IdeWay | null } => ({
  local: rules[ide].local(place),
  remote: sshHost === undefined ? null : rules[ide].remote(place, sshHost),
});
