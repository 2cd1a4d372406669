/** The words of one command, the flags it takes, and what comes first behind it. */
export interface Completable {
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly string[];
  readonly takesSession: boolean;
}

/** What may follow a beginning of a command: the next words, or the flags. */
export interface Following {
  readonly words: readonly string[];
  /** Whether the id of a session may come, too. */
  readonly session: boolean;
}

/** By the words so far. */
export const following = (commands: readonly Completable[]): ReadonlyMap<string, Following> => {
  const found = new Map<string, { words: string[]; session: boolean }>();
  const at = (start: readonly string[]) => {
    const key = start.join(' ');
    const known = found.get(key) ?? { words: [], session: false };
    found.set(key, known);
    return known;
  };
  for (const { path, flags, takesSession } of commands) {
    for (const [index, word] of path.entries()) {
      const { words } = at(path.slice(0, index));
      if (!words.includes(word)) words.push(word);
    }
    const whole = at(path);
    whole.words.push(...flags);
    whole.session = takesSession;
  }
  return found;
};

/** Asks the server; without one it says nothing, and at once. */
export const listSessions = 'ah session list --ids --archived --limit 50 2>/dev/null';
