import { commands } from './commands/index.ts';
import { Failure } from './failure.ts';

/** The failure for words that call nothing, with the nearest that would. */
export const unknownCommand = (words: readonly string[]): Failure => {
  const typed = words.join(' ');
  const names = commands.map(({ path }) => path.join(' '));
  const nearest = names
    .map((name) => ({
      name,
      distance: Math.min(distance(typed, name), distance(words.slice(0, 2).join(' '), name)),
    }))
    .sort((a, b) => a.distance - b.distance)[0];
  return new Failure('validation', {
    happened: `There is no command "${typed}"`,
    detail: nearest !== undefined && nearest.distance <= 3 ? `Did you mean "ah ${nearest.name}"?` : undefined,
    remedy: 'ah --help lists the commands.',
  });
};

/** How many letters to insert, delete or replace to make one text the other (Levenshtein). */
const distance = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[other.length] ?? 0;
};
