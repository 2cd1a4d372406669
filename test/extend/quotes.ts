import { blocksOf } from './guide.ts';

/** A block of a page that says `from=<path>`: what stands in that file, word for word. */
interface Quote {
  readonly path: string;
  readonly text: string;
}

export const quotesOf = (markdown: string): readonly Quote[] =>
  blocksOf(markdown).flatMap(({ info, text }) => {
    const [, path] = / from=(\S+)$/.exec(info) ?? [];
    return path === undefined ? [] : [{ path, text }];
  });

/** Whether the text stands in the file as lines that follow each other, at whatever depth. */
export const stands = (text: string, file: string): boolean => {
  const wanted = text.replace(/\n$/, '').split('\n');
  const lines = file.split('\n');
  return lines.some((_, start) => {
    const passage = lines.slice(start, start + wanted.length);
    return outdent(passage).join('\n') === wanted.join('\n');
  });
};

const outdent = (lines: readonly string[]): readonly string[] => {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return lines.map((line) => line.slice(depth));
};
