/** A word as it may be pasted into a POSIX shell; what is not printable is spelt out, as bash, zsh and ksh read it. */
export const shellWord = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!unprintable.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const spelt = text.replace(/['\\]/g, '\\$&').replace(new RegExp(unprintable, 'gu'), (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
  return `$'${spelt}'`;
};

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/u;
