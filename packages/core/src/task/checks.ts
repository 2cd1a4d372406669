import { type CheckCommand, commandWords } from '@agent-harbor/api-contract/schemas';

/** A check as it is shown: as it was written, or an argv as somebody would type it. */
export const checkLine = (check: CheckCommand): string =>
  typeof check === 'string' ? check : check.map(quoted).join(' ');

/** The program of a check and its arguments. */
export const checkArgv = (check: CheckCommand): readonly string[] =>
  typeof check === 'string' ? (commandWords(check) ?? [check]) : check;

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
