/**
 * Whole escape sequences: CSI, strings with their terminator on the same line (OSC and its kin), and short ones. Of one
 * that was cut off only the beginning goes, so that nobody hides the rest of a text behind it.
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])(?:[^\n\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]/g;

/**
 * What a terminal acts on, or shows as nothing: controls, what turns text around (https://trojansource.codes), soft
 * hyphens, zero widths, tag letters and the other characters that Unicode lets a renderer ignore.
 */
const unprintable =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufff9-\\ufffb\\p{Default_Ignorable_Code_Point}]';

/** An emoji may be held together by invisible characters; only there they have a meaning one sees. */
const emoji =
  '\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\\ufe0f?(?:\\u200d\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\\ufe0f?)*';

const emojiOrUnprintable = new RegExp(`(${emoji})|${unprintable}`, 'gu');

const lineBreaks = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;

/**
 * Text of agents, repositories and servers as it may reach a terminal. It keeps newlines and tabs, and cannot move the
 * cursor, change the title, write the clipboard or pretend to be something else.
 */
export const clean = (text: string): string =>
  text
    .replace(lineBreaks, '\n')
    .replace(sequences, '')
    .toWellFormed()
    .replace(emojiOrUnprintable, (_found, whole: string | undefined) => whole ?? '');

/** The same on one line: every break becomes a space. */
export const cleanLine = (text: string): string => clean(text).replace(/[ \t]*\n\s*/g, ' ');

/** The same, and runs of white space become one space. */
export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

/**
 * The same for a reviewer, who must see everything: what is not printable is spelt out, as in `<U+202E>`. Keeps newlines
 * and tabs.
 */
export const reveal = (text: string): string =>
  text
    .toWellFormed()
    .replace(emojiOrUnprintable, (found, whole: string | undefined) => whole ?? `<U+${codeOf(found)}>`);

const codeOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** JSON that parses to the same value, but holds nothing a terminal acts on or hides. */
export const safeJson = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, undefined, indent) ?? 'null').replace(unsafeInJson, (found) =>
    Array.from({ length: found.length }, (_, at) => escaped(found.charCodeAt(at))).join(''),
  );

/** JSON escapes the controls below the space by itself; the newlines left are those of the indent. */
const unsafeInJson = new RegExp(unprintable, 'gu');

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
