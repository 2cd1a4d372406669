import type { Io } from '../io.ts';
import { cleanLine } from './clean.ts';

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Look = keyof typeof codes;

/**
 * One line of what commands write: strings, painted parts and lists of them. Every string is cleaned when it is
 * rendered, so nothing an agent wrote reaches the terminal as it is, or begins a line of its own; looks are added after
 * that.
 */
export type Text = string | Painted | readonly Text[];
interface Painted {
  readonly look: Look;
  readonly text: Text;
}

export const paint = (look: Look | undefined, text: Text): Text =>
  look === undefined ? text : { look, text };

export const renderLine = (text: Text, coloured: boolean): string => {
  if (typeof text === 'string') return cleanLine(text);
  if (!isPainted(text)) return text.map((part) => renderLine(part, coloured)).join('');
  const inner = renderLine(text.text, coloured);
  if (!coloured || inner === '') return inner;
  const [on, off] = codes[text.look];
  return `\u001b[${on}m${inner}\u001b[${off}m`;
};

const isPainted = (text: Painted | readonly Text[]): text is Painted => !Array.isArray(text);

/** Colours for people at a terminal: not into pipes unless forced, never with NO_COLOR (https://no-color.org) or --no-color. */
export const isColoured = (
  { isTTY }: Pick<Io['stdout'], 'isTTY'>,
  env: Io['env'],
  wanted: boolean,
): boolean => {
  if (!wanted || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTTY === true && env.TERM !== 'dumb';
};

/** The columns a line of text takes, near enough: East Asian wide characters and emoji take two. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
};

const widthOfCharacter = (character: string): number => {
  if (character < '\u0300') return 1;
  if (/\p{Mark}|\u200d/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
};

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Text cut to so many columns, the cut marked. */
export const fit = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += widthOfCharacter(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
};
