import { textOf } from './bytes.ts';

/** The lines that are read, counted from 1; all of them when absent. */
export interface ReadPart {
  readonly from?: number;
  readonly lines?: number;
}

/** What a tool that reads a file gives; what is no text is named. */
export const readText = (bytes: Uint8Array, { from = 1, lines }: ReadPart = {}): string => {
  const text = textOf(bytes);
  if (text === null) return `[${bytes.length} bytes that are no text]`;
  if (from === 1 && lines === undefined) return text;
  const all = text.split(/(?<=\n)/);
  return all.slice(from - 1, lines === undefined ? undefined : from - 1 + lines).join('');
};
