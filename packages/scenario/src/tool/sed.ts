import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A text that was changed, or why it was not. */
export type Changed =
  | { readonly done: true; readonly text: string }
  | { readonly done: false; readonly reason: string };

/**
 * Edits a text as `sed -E` does: `s/…/…/` with the flags `g` and `i`, and `d`, on all lines or on those with the number or
 * the range (`3`, `$`, `2,5`) or the expression (`/…/`) before the command; commands are divided by `;` or line ends.
 * Nothing else is known: no files are read or written, no programs run.
 */
export const sed = (expression: string, text: string): Changed => {
  const end = text.endsWith('\n') ? '\n' : '';
  let lines = text === '' ? [] : text.slice(0, text.length - end.length).split('\n');
  try {
    for (const command of commandsIn(expression)) {
      const last = lines.length;
      lines = lines.flatMap((line, index) =>
        isMeant(command.where, line, index + 1, last) ? command.apply(line) : [line],
      );
    }
  } catch (error) {
    if (error instanceof RE2JSSyntaxException || error instanceof NoCommand) {
      return { done: false, reason: `${expression}: ${error.message}` };
    }
    throw error;
  }
  return { done: true, text: lines.length === 0 ? '' : lines.join('\n') + end };
};

class NoCommand extends Error {}

interface Command {
  readonly where: Where;
  apply(line: string): string[];
}

type Where =
  | { readonly from: number | '$'; readonly to: number | '$' }
  | { readonly regex: RE2JS }
  | undefined;

const isMeant = (where: Where, line: string, number: number, last: number): boolean => {
  if (where === undefined) return true;
  if ('regex' in where) return where.regex.matcher(line).find();
  const [from, to] = [where.from, where.to].map((bound) => (bound === '$' ? last : bound));
  return number >= (from ?? 0) && number <= Math.max(from ?? 0, to ?? 0);
};

const commandsIn = (expression: string): readonly Command[] => {
  const commands: Command[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(expression.slice(at));
    if (found !== null) at += found[0].length;
    return found;
  };
  /** What stands up to the next delimiter; one behind a backslash is a plain one. */
  const upTo = (delimiter: string): string => {
    let part = '';
    for (; at < expression.length; at++) {
      const sign = expression[at] ?? '';
      if (sign === delimiter) {
        at += 1;
        return part;
      }
      const next = expression[at + 1];
      if (sign === '\\' && next !== undefined) {
        part += next === delimiter ? next : sign + next;
        at += 1;
      } else part += sign;
    }
    throw new NoCommand(`there is no ${delimiter} at the end of a part`);
  };
  const where = (): Where => {
    const range = take(/^(\d+|\$)(?:,(\d+|\$))?\s*/);
    if (range !== null) {
      const [from, to] = [range[1] ?? '', range[2] ?? range[1] ?? ''];
      return { from: from === '$' ? '$' : Number(from), to: to === '$' ? '$' : Number(to) };
    }
    if (take(/^\//) === null) return undefined;
    const regex = RE2JS.compile(upTo('/'));
    take(/^\s*/);
    return { regex };
  };
  for (;;) {
    take(/^[\s;]*/);
    if (at >= expression.length) break;
    const place = where();
    if (take(/^d(?=\s*(?:;|\n|$))/) !== null) commands.push({ where: place, apply: () => [] });
    else if (take(/^s(?=[^\s\\])/) !== null) {
      const delimiter = expression[at] ?? '/';
      at += 1;
      const [pattern, replacement] = [upTo(delimiter), upTo(delimiter)];
      const flags = take(/^[giI]*(?=\s*(?:;|\n|$))/)?.[0];
      if (flags === undefined) throw new NoCommand('only the flags g and i are known');
      const regex = RE2JS.compile(pattern, /i/i.test(flags) ? RE2JS.CASE_INSENSITIVE : 0);
      const everywhere = flags.includes('g');
      commands.push({ where: place, apply: (line) => [substituted(regex, line, replacement, everywhere)] });
    } else throw new NoCommand('only the commands s and d are known');
  }
  if (commands.length === 0) throw new NoCommand('there is no command');
  return commands;
};

const substituted = (regex: RE2JS, line: string, replacement: string, everywhere: boolean): string => {
  const matcher = regex.matcher(line);
  let [text, at] = ['', 0];
  while (matcher.find()) {
    text += line.slice(at, matcher.start());
    text += replacement.replace(/\\(.)|&/gs, (whole, sign: string | undefined) => {
      if (whole === '&') return matcher.group(0) ?? '';
      if (sign === 'n') return '\n';
      if (sign !== undefined && /\d/.test(sign)) {
        return Number(sign) <= matcher.groupCount() ? (matcher.group(Number(sign)) ?? '') : '';
      }
      return sign ?? '';
    });
    at = matcher.end();
    if (!everywhere) break;
  }
  return text + line.slice(at);
};
