import type { FileEdit } from '@agent-harbor/scenario';
import type { Intent } from '../script/item.ts';
import { patchOf } from './patch.ts';
import { dirname } from './path.ts';
import { shellLine, shellWord } from './shell-word.ts';

/** What is known of the agent beyond its tools. */
export interface ShellContext {
  /** What tools gave so far, the newest last. */
  readonly seen: readonly string[];
  /** Whether its shell knows `apply_patch`. */
  readonly hasPatches: boolean;
}

/** The line of a shell that does it, for agents that have no other tool; undefined where none does. */
export const inShell = (intent: Intent, context: ShellContext): string | undefined => {
  switch (intent.kind) {
    case 'run':
      return typeof intent.command === 'string' ? intent.command : shellLine(intent.command);
    case 'read':
      return shellLine(['cat', '--', intent.path]);
    case 'edit':
      return editLine(intent.edit, context);
    case 'plan':
      return undefined;
    case 'named':
      return namedLine(intent.name, intent.args);
  }
};

const editLine = (edit: FileEdit, { seen, hasPatches }: ShellContext): string | undefined => {
  const { path, contents, oldText, newText = '', delete: isGone } = edit;
  const patch = hasPatches ? patchOf(edit, seen) : undefined;
  if (patch !== undefined && !patch.includes('\nPATCH\n')) return `apply_patch <<'PATCH'\n${patch}PATCH`;
  if (isGone === true) return shellLine(['rm', '--', path]);
  if (contents !== undefined) {
    const folder = dirname(path);
    const make = folder === '' ? '' : `mkdir -p -- ${shellWord(folder)} && `;
    return typeof contents === 'string'
      ? `${make}printf %s ${shellWord(contents)} > ${shellWord(path)}`
      : `${make}printf %s ${shellWord(contents.base64)} | base64 -d > ${shellWord(path)}`;
  }
  if (oldText === undefined) return undefined;
  return shellLine(['perl', '-e', replaceProgram, '--', path, hex(oldText), hex(newText)]);
};

/** Replaces one place of a file, or fails and leaves it as it is. Texts come as hex, so that nothing is a pattern. */
const replaceProgram =
  'my ($f, $o, $n) = ($ARGV[0], map { pack "H*", $_ } @ARGV[1, 2]); local $/; ' +
  'open F, "<", $f or die "$f: $!\\n"; $_ = <F>; s/\\Q$o\\E/$n/ or die "$f: the old text is not there\\n"; ' +
  'open F, ">", $f or die "$f: $!\\n"; print F; close F';

const hex = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');

const namedLine = (name: string, args: Readonly<Record<string, unknown>>): string | undefined => {
  const text = (member: string): string | undefined => {
    const value = args[member];
    return typeof value === 'string' ? value : undefined;
  };
  const pattern = text('pattern');
  const path = text('path') ?? '.';
  switch (name) {
    case 'grep':
      return pattern === undefined ? undefined : shellLine(['grep', '-rn', '-e', pattern, '--', path]);
    case 'listDir':
      return shellLine(['ls', '-la', '--', path]);
    case 'find':
      return pattern === undefined ? undefined : shellLine(['find', path, '-name', pattern]);
    default:
      return undefined;
  }
};
