/** How many fields one problem names at most. */
const maxNamed = 16;

/**
 * Text no part of the system may meet, by field: NUL ends a C string early, a lone surrogate cannot be written as
 * UTF-8, and a member named `__proto__` changes whatever it is copied onto. `undefined` when there is none.
 */
export const hostileText = (value: unknown): Readonly<Record<string, readonly string[]>> | undefined => {
  let errors: Map<string, readonly string[]> | undefined;
  const add = (path: readonly string[], message: string) => {
    errors ??= new Map();
    if (errors.size < maxNamed) errors.set(path.join('.') || 'body', [message]);
  };
  const rest: { value: unknown; path: readonly string[] }[] = [{ value, path: [] }];
  for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) {
    const { value: found, path } = entry;
    if (typeof found === 'string') {
      const fault = faultOf(found);
      if (fault !== undefined) add(path, fault);
    } else if (typeof found === 'object' && found !== null) {
      for (const [key, member] of Object.entries(found)) {
        const fault = key === '__proto__' ? 'is not a member of the contract' : faultOf(key);
        if (fault !== undefined) add([...path, key.toWellFormed().replaceAll('\0', '\\0')], fault);
        rest.push({ value: member, path: [...path, key] });
      }
    }
  }
  return errors === undefined ? undefined : Object.fromEntries(errors);
};

const faultOf = (text: string): string | undefined => {
  if (text.includes('\0')) return 'must not contain NUL';
  return text.isWellFormed() ? undefined : 'must not contain a lone surrogate';
};
