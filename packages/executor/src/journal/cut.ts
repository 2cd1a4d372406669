/** How much of a text one event carries; the rest goes into further events, or is cut from the middle. */
export const lineBytes = 16 * 1024;
export const outputBytes = 64 * 1024;
/** What is quoted of somebody else's words when a session ends. */
export const reasonBytes = 4 * 1024;

/** The text as it is, or its head and tail with a mark between them, about `limit` bytes of UTF-8. */
export const cutMiddle = (text: string, limit: number): { readonly text: string; readonly cut: boolean } => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return { text, cut: false };
  const head = characterStart(bytes, Math.floor(limit / 2));
  const tail = characterStart(bytes, bytes.length - Math.floor(limit / 2));
  return {
    text: `${bytes.toString('utf8', 0, head)}\n… [${tail - head} bytes cut] …\n${bytes.toString('utf8', tail)}`,
    cut: true,
  };
};

/** The text in pieces of at most `limit` bytes of UTF-8, no character torn; one empty piece for an empty text. */
export const piecesOf = (text: string, limit: number): readonly string[] => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.length - start <= limit ? bytes.length : characterStart(bytes, start + limit);
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
};

/** The last `limit` bytes of a text, from the beginning of a character on. */
export const tailOf = (text: string, limit: number): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let start = bytes.length - limit;
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return bytes.toString('utf8', start);
};

/** The nearest place at or before `index` where a character begins; bytes that are no UTF-8 are cut anywhere. */
export const characterStart = (bytes: Uint8Array, index: number): number => {
  for (let back = 0; back < 4 && index - back > 0; back++) {
    if (!isContinuation(bytes[index - back])) return index - back;
  }
  return index;
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
