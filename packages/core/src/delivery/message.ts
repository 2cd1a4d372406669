import type { SessionRecord } from '../session/record.ts';

/** What is said of delivered work: in its commit, and in the pull request for it. */
export interface Words {
  readonly message: string;
  readonly title: string;
  readonly body: string;
}

/** How much is said of the task and of what came of it, characters. */
const quotedLimit = 2000;

/**
 * The first line of the prompt is the subject, what the agent said last tells what came of it, and the session is the
 * trailer. What somebody wrote for it goes before.
 */
export const wordsOf = (
  session: Pick<SessionRecord, 'id' | 'prompt'>,
  lastMessage: string | null,
  given: {
    readonly message?: string | undefined;
    readonly title?: string | undefined;
    readonly body?: string | undefined;
  } = {},
): Words => {
  const trailer = `Agent-Harbor-Session: ${session.id}`;
  const message = given.message === undefined ? undefined : plain(given.message);
  const prompt = plain(session.prompt);
  const [subject = '', rest] =
    message === undefined ? [subjectOf(prompt), plain(lastMessage ?? '')] : split(message);
  const details = cut(rest ?? '');
  const commit = message ?? join(subject, wrapped(details));
  return {
    message: `${commit.includes(trailer) ? commit : join(commit, trailer)}\n`,
    title: given.title ?? shortened(subject, 120),
    body: given.body ?? join(details, message === undefined ? quoted(cut(prompt)) : '', trailer),
  };
};

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');

/** Without what would move a cursor or end a text early. */
const plain = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ')
    .trim();

const split = (text: string): [string, string] => {
  const at = text.indexOf('\n');
  return at === -1 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

const subjectOf = (prompt: string): string => {
  const [first] = split(prompt);
  return first === '' ? 'Work of an agent' : shortened(first, 72);
};

const shortened = (text: string, limit: number): string =>
  text.length > limit ? `${whole(text.slice(0, limit - 1))}…` : text;

const cut = (text: string): string => shortened(text, quotedLimit);

/** A cut between the halves of a character leaves none of it. */
const whole = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');

const quoted = (text: string): string =>
  text === ''
    ? ''
    : `Asked:\n\n${text
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n')}`;

/** Lines of at most 72 characters, as commits have; what is indented or has no spaces stays as it is. */
const wrapped = (text: string): string => text.split('\n').flatMap(wrapLine).join('\n');

const wrapLine = (line: string): string[] => {
  if (line.length <= 72 || /^(?:\s|[|>])/.test(line)) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > 72) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
};
