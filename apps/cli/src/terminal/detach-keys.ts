/** Keys that are pressed one after the other, as they are named and as a terminal sends them. */
export interface KeySequence {
  readonly name: string;
  readonly bytes: readonly number[];
}

/** Reads `ctrl-p,ctrl-q`; undefined for what is none. Keys are `ctrl-` with a letter or one of `@[\]^_`, or a character. */
export const readKeys = (text: string): KeySequence | undefined => {
  const bytes: number[] = [];
  const names: string[] = [];
  for (const key of text.split(',')) {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
    if (control === undefined && !/^[!-~]$/.test(key)) return undefined;
    const code = (control ?? key).toUpperCase().codePointAt(0) ?? 0;
    bytes.push(control === undefined ? (key.codePointAt(0) ?? 0) : code & 0x1f);
    names.push(control === undefined ? key : `Ctrl-${control.toUpperCase()}`);
  }
  return { name: names.join(' '), bytes };
};

/** What of the keys pressed is for the session, and whether the sequence was among them. */
export interface KeyFilter {
  push(keys: Uint8Array): { readonly keys: Uint8Array; readonly isDetached: boolean };
}

/** Holds back the beginning of a sequence until it is clear that it goes on otherwise. */
export const createKeyFilter = ({ bytes }: KeySequence): KeyFilter => {
  let matched = 0;
  return {
    push(keys) {
      const passed: number[] = [];
      for (const key of keys) {
        if (key !== bytes[matched]) {
          passed.push(...bytes.slice(0, matched));
          matched = 0;
        }
        if (key === bytes[matched]) matched += 1;
        else passed.push(key);
        if (matched === bytes.length) return { keys: Uint8Array.from(passed), isDetached: true };
      }
      return { keys: Uint8Array.from(passed), isDetached: false };
    },
  };
};
