/**
 * Whole escape sequences, with what they would have done: CSI, OSC and the other strings up to their terminator, and
 * two-character escapes. A sequence that was cut off takes the rest with it rather than letting it through.
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*(?:[@-~]|$)|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[\s\S]*?(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*(?:[0-~]|$)/g;

/** Other controls, and characters that reorder or hide text (https://trojansource.codes). */
const controls =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text from agents, repositories and servers as it may reach a terminal: it keeps newlines and tabs, and cannot move
 * the cursor, write the clipboard, change the title or pretend to be something else.
 */
export const sanitise = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(sequences, '').replace(controls, '');

/** The same on one line: runs of white space become one space. */
export const oneLine = (text: string): string => sanitise(text).replace(/\s+/g, ' ').trim();

/** JSON that prints the same and parses the same, but holds nothing a terminal acts on. */
export const safeJson = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, undefined, indent) ?? 'null').replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
