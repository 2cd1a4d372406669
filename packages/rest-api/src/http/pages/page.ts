/** The parts of a page: `title` is text, `head` and `body` are markup. */
export interface PageParts {
  readonly title: string;
  readonly head?: string;
  readonly body: string;
}

/** A whole HTML document. */
export const page = ({ title, head = '', body }: PageParts): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    head,
    body,
    '</html>',
    '',
  ].join('\n');

/** Text as markup shows it. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
