import { isPair } from './bytes.ts';

/** Enough for the words that stand where the middle was. */
const markerBytes = 48;

/** The text's head and tail with a mark between them, at most `budget` bytes inside JSON; as it is when it fits. */
export const cutText = (text: string, budget: number): string => {
  if (encodedBytes(text, budget) <= budget) return text;
  const half = Math.max(0, (budget - markerBytes) / 2);
  const head = unitsWithin(text, half, 'head');
  const tail = unitsWithin(text, half, 'tail');
  const cut = text.length - head - tail;
  return `${text.slice(0, head)}… [${cut} characters cut] …${text.slice(text.length - tail)}`;
};

/** The size inside a JSON string, quotes not counted; anything above `limit` once that is passed. */
const encodedBytes = (text: string, limit: number): number => {
  let bytes = 0;
  for (let index = 0; index < text.length && bytes <= limit; index++) {
    const pair = isPair(text, index);
    bytes += pair ? 4 : unitBytes(text.charCodeAt(index));
    if (pair) index++;
  }
  return bytes;
};

/** How many units from one end take at most `budget` bytes, without tearing a pair. */
const unitsWithin = (text: string, budget: number, end: 'head' | 'tail'): number => {
  let units = 0;
  for (let bytes = 0; units < text.length; ) {
    const index = end === 'head' ? units : text.length - units - 1;
    const pair = isPair(text, end === 'head' ? index : index - 1);
    bytes += pair ? 4 : unitBytes(text.charCodeAt(index));
    if (bytes > budget) break;
    units += pair ? 2 : 1;
  }
  return units;
};

/** What JSON.stringify writes for one unit that is not half of a pair. */
const unitBytes = (unit: number): number => {
  if (unit === 0x22 || unit === 0x5c) return 2;
  if (unit < 0x20) return unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13 ? 2 : 6;
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return (unit & 0xf800) === 0xd800 ? 6 : 3;
};
