/** Longer texts are told apart by their beginnings: the work is the product of both lengths. */
const compared = 500;

/** How alike two texts are, from 0 to 1: 1 minus the Levenshtein distance in units of the longer one. */
export const similarity = (one: string, other: string): number => {
  const [a, b] = [plain(one), plain(other)];
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - distance(a, b) / longer;
};

const plain = (text: string): readonly string[] =>
  Array.from(
    text
      .slice(0, compared * 4)
      .trim()
      .toLowerCase()
      .replace(/\s+/g, ' '),
  ).slice(0, compared);

const distance = (a: readonly string[], b: readonly string[]): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of a.entries()) {
    const next = [i + 1];
    for (const [j, right] of b.entries()) {
      const replaced = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
