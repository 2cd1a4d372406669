/** What a command may be about. */
export type Named = 'session' | 'approval';

/** The words of one command, the flags it takes, and what comes first behind it. */
export interface Completable {
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly string[];
  readonly takes: Named | undefined;
}

/** What may follow a beginning of a command: the next words, or the flags. */
export interface Following {
  readonly words: readonly string[];
  /** Of what an id may come, too. */
  readonly takes: Named | undefined;
}

/** By the words so far. */
export const following = (commands: readonly Completable[]): ReadonlyMap<string, Following> => {
  const found = new Map<string, { words: string[]; takes: Named | undefined }>();
  const at = (start: readonly string[]) => {
    const key = start.join(' ');
    const known = found.get(key) ?? { words: [], takes: undefined };
    found.set(key, known);
    return known;
  };
  for (const { path, flags, takes } of commands) {
    for (const [index, word] of path.entries()) {
      const { words } = at(path.slice(0, index));
      if (!words.includes(word)) words.push(word);
    }
    const whole = at(path);
    whole.words.push(...flags);
    whole.takes = takes;
  }
  return found;
};

/** Asks the server for ids; without one it says nothing, and at once. */
export const listIds: Readonly<Record<Named, string>> = {
  session: 'ah session list --ids --archived --limit 50 2>/dev/null',
  approval: 'ah session approvals --ids 2>/dev/null',
};
