import { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { CheckFailed, holds } from '../expect.ts';
import { fromBytes } from './bytes.ts';

/** One answer of a server. */
export interface WireAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The answers in what a connection gave. One whose body is still coming counts with what is there. */
export const readAnswers = (received: string): readonly WireAnswer[] => {
  const answers: WireAnswer[] = [];
  for (let rest = received; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1 || !rest.startsWith('HTTP/1.1 ')) break;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map(readHeader));
    const { body, length } = readBody(rest.slice(end + 4), headers);
    answers.push({ status: Number(first.split(' ')[1]), headers, text: fromBytes(body) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
};

const readHeader = (line: string): [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
};

const readBody = (
  rest: string,
  headers: Readonly<Record<string, string>>,
): { body: string; length: number } => {
  if (headers['transfer-encoding'] !== 'chunked') {
    const length = Number(headers['content-length'] ?? 0);
    return { body: rest.slice(0, length), length };
  }
  let body = '';
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(rest.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) return { body, length: rest.length };
    if (size === 0) return { body, length: lineEnd + 4 };
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
};

/** The JSON an answer carries. */
export const jsonOf = (answer: WireAnswer): unknown => {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new CheckFailed(`expected JSON, got ${answer.status} ${answer.text.slice(0, 200)}`);
  }
};

/** The member of a JSON object, for reading answers without believing them. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

/** Fails unless the answer has this status. */
export const hasStatus = (answer: WireAnswer, status: number, what: string): void =>
  holds(
    answer.status === status,
    `${what}: expected ${status}, got ${answer.status} ${answer.text.slice(0, 300)}`,
  );

/** Fails unless the answer is a whole problem of this code (RFC 9457); gives the document. */
export const isProblem = (answer: WireAnswer, code: string, what: string): ProblemDocument => {
  const type = answer.headers['content-type'] ?? '';
  holds(
    type.startsWith('application/problem+json'),
    `${what}: expected a problem, got ${answer.status} ${type} ${answer.text.slice(0, 200)}`,
  );
  const read = ProblemDocument.safeParse(jsonOf(answer));
  holds(read.success, `${what}: not a problem document: ${answer.text.slice(0, 300)}`);
  const document = read.data;
  holds(
    document.code === code,
    `${what}: expected the problem ${code}, got ${document.code}: ${document.detail}`,
  );
  holds(
    document.status === answer.status,
    `${what}: status ${document.status} in an answer of ${answer.status}`,
  );
  holds(document.type === `/problems/${code}`, `${what}: type is ${document.type}`);
  holds(document.title !== '' && document.detail !== '', `${what}: says nothing to people`);
  holds(
    document.requestId !== '' && document.requestId === answer.headers['x-request-id'],
    `${what}: requestId ${document.requestId} is not that of the header`,
  );
  return document;
};

/** Fails unless the problem names this field, or a part of it, and says more than its name. */
export const names = (document: ProblemDocument, field: string, what: string): void => {
  const [, messages] =
    Object.entries(document.errors ?? {}).find(([name]) => name === field || name.startsWith(`${field}.`)) ??
    [];
  holds(
    messages?.some((message) => message !== ''),
    `${what}: expected a message about ${field}, got ${JSON.stringify(document.errors)}`,
  );
};
