/** How many bytes the text takes in UTF-8. */
export const utf8Bytes = (text: string): number => {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes; one alone is replaced by three.
    bytes += unit < 0x800 || isPair(text, index) || isPair(text, index - 1) ? 1 : 2;
  }
  return bytes;
};

/** Whether the two units from `index` on are one character. */
export const isPair = (text: string, index: number): boolean =>
  (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
