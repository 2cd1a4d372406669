/** What a patch says about itself. */
export interface PatchFacts {
  /** As of a commit: a subject, an empty line, and what belongs below it. */
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The head of a mail as `git format-patch` writes it, up to the first file. */
export const patchHead = ({ message, author, at }: PatchFacts): string => {
  const [subject = '', ...rest] = message.trimEnd().split('\n');
  const body = rest.slice(rest[0] === '' ? 1 : 0);
  return [
    // What makes a mailbox of it for git: the commit of nobody, and a date that means nothing.
    `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001`,
    `From: ${plain(author.name)} <${plain(author.email)}>`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Subject: [PATCH] ${plain(subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...body.map(indented),
    '---',
    '',
    '',
  ].join('\n');
};

/** One line of a header, whatever the text was. */
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f<>]+/g, ' ').trim();

/** What git would take for the end of the message or the beginning of a file is moved by a blank. */
const indented = (line: string): string =>
  /^(?:>?From |diff |---|\+\+\+ |@@ |Index: |(?:From|Date|Subject|MIME-Version|Content-[\w-]+):)/i.test(line)
    ? ` ${line}`
    : line;
