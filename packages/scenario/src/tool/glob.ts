import { RE2JS, RE2JSSyntaxException } from 're2js';

/**
 * Whether paths fit a pattern: `*` and `?` within a part, `**` over parts, `[…]` and `{a,b}`. A pattern without `/` is
 * about the last part of a path, wherever that lies. It takes time linear in the path, whatever the pattern.
 */
export const globOf = (pattern: string): ((path: string) => boolean) => {
  const regex = compiled(pattern.replace(/^\.\//, ''));
  const isOfName = !pattern.includes('/');
  return (path) => regex.matches(isOfName ? path.slice(path.lastIndexOf('/') + 1) : path);
};

/** What is no pattern, such as a range that goes backwards, is meant as it stands. */
const compiled = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(`(?s)${sourceOf(pattern)}`);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return RE2JS.compile(RE2JS.quote(pattern));
    throw error;
  }
};

const sourceOf = (pattern: string): string => {
  let depth = 0;
  let source = '';
  for (const [part] of pattern.matchAll(/\*\*\/|\*\*|\[!?[^\]]+\]|./gsu)) {
    if (part === '**/') source += '(?:.*/)?';
    else if (part === '**') source += '.*';
    else if (part === '*') source += '[^/]*';
    else if (part === '?') source += '[^/]';
    else if (part.length > 1 && part.startsWith('[')) {
      source += `[${part.startsWith('[!') ? '^' : ''}${part.slice(part.startsWith('[!') ? 2 : 1, -1).replaceAll('\\', '\\\\')}]`;
    } else if (part === '{') {
      depth += 1;
      source += '(?:';
    } else if (part === '}' && depth > 0) {
      depth -= 1;
      source += ')';
    } else source += part === ',' && depth > 0 ? '|' : RE2JS.quote(part);
  }
  return source + ')'.repeat(depth);
};
