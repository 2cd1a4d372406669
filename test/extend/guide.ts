/**
 * Where the text of a block goes: a new file, or a place of a file that is there, told by one of its lines. A
 * replacement reaches `to` that line and the next one that is like `to`. `…` in a line stands for anything.
 */
type Place =
  | { readonly kind: 'new' }
  | { readonly kind: 'after' | 'before'; readonly line: string }
  | { readonly kind: 'replace'; readonly line: string; readonly to: string | undefined };

/** One change of a guide, as its fenced block says it. */
export interface Change {
  readonly file: string;
  readonly place: Place;
  readonly text: string;
}

/** What a guide says, in its order. */
type Step =
  | { readonly kind: 'change'; readonly change: Change }
  /** The compiler now points at these files and no other. */
  | { readonly kind: 'red'; readonly files: readonly string[] }
  /** What the reader types, one command a line. */
  | { readonly kind: 'commands'; readonly commands: readonly string[] };

export interface Guide {
  readonly steps: readonly Step[];
  /** The files of its table: what differs in the end, with why. */
  readonly files: readonly string[];
}

interface Block {
  readonly info: string;
  readonly text: string;
}

/**
 * Reads a guide. Its blocks say in their info string what to do: `ts file=<path> new`, `ts file=<path> after="<line>"`
 * (`before`, `replace`, `replace` … `to`), `text red` for the files the compiler points at, `sh` for commands; other blocks are prose.
 * A row of a table that starts with a path in backticks names a file. Throws for a block that cannot be meant.
 */
export const readGuide = (markdown: string): Guide => {
  const steps = blocksOf(markdown).flatMap(({ info, text }): Step[] => {
    const [language, ...attributes] = info.split(/\s+/);
    if (info.includes('file=')) return [{ kind: 'change', change: changeOf(info, text) }];
    if (attributes.includes('red')) return [{ kind: 'red', files: linesOf(text) }];
    return language === 'sh' ? [{ kind: 'commands', commands: linesOf(text) }] : [];
  });
  const rows = markdown.matchAll(/^\| `([^`]+)`/gm);
  return { steps, files: [...rows].map(([, file]) => file ?? '') };
};

/** The fenced blocks of a page. */
export const blocksOf = (markdown: string): readonly Block[] => {
  const found = markdown.matchAll(/^```(?<info>[^\n]*)\n(?<text>.*?)^```$/gms);
  return [...found].map(({ groups }) => ({ info: groups?.info?.trim() ?? '', text: groups?.text ?? '' }));
};

/** A line that ends in a backslash goes on with the next; comments are prose. */
const linesOf = (text: string): string[] =>
  text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

const attribute = /(?<name>[a-z]+)(?:=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>\S+)))?/y;

const changeOf = (info: string, text: string): Change => {
  const given = new Map<string, string>();
  const rest = info.replace(/^\w+\s+/, '');
  for (attribute.lastIndex = 0; attribute.lastIndex < rest.length; ) {
    const groups = attribute.exec(rest)?.groups;
    if (groups?.name === undefined) throw new Error(`What does \`\`\`${info} mean?`);
    given.set(groups.name, groups.double ?? groups.single ?? groups.bare ?? '');
    while (rest[attribute.lastIndex] === ' ') attribute.lastIndex++;
  }
  const { file, ...place } = Object.fromEntries(given);
  return { file: pathInside(file ?? ''), place: placeOf(place, info), text };
};

const placeOf = (given: Readonly<Record<string, string>>, info: string): Place => {
  const { to, ...place } = given;
  const [[kind, line] = [], ...more] = Object.entries(place);
  if (more.length === 0 && kind === 'new' && line === '' && to === undefined) return { kind };
  if (more.length === 0 && line && kind === 'replace') return { kind, line, to };
  if (more.length === 0 && line && (kind === 'after' || kind === 'before') && to === undefined) {
    return { kind, line };
  }
  throw new Error(`\`\`\`${info}: say one of new, after="…", before="…", replace="…", replace="…" to="…"`);
};

const pathInside = (path: string): string => {
  if (/^[\w@.-]+(?:\/[\w@.-]+)*$/.test(path) && !path.split('/').includes('..')) return path;
  throw new Error(`"${path}" is no file of this repository`);
};
