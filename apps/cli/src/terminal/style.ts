import type { Io } from '../io.ts';

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

/** Gives text a look, or leaves it as it is where there are no colours. */
export type Style = (look: Look, text: string) => string;

export const plain: Style = (_look, text) => text;

export const coloured: Style = (look, text) => {
  const [on, off] = codes[look];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Colours for people at a terminal: not into pipes, not with NO_COLOR (https://no-color.org) or --no-color. */
export const styleFor = ({ stdout, env }: Pick<Io, 'stdout' | 'env'>, wanted: boolean): Style => {
  if (!wanted || env.NO_COLOR) return plain;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return coloured;
  return stdout.isTTY === true && env.TERM !== 'dumb' ? coloured : plain;
};

/** The width of text on a terminal, near enough: East Asian wide characters and emoji take two columns. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
};

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Text cut to so many columns, the cut marked. */
export const fit = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
};
