import { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { CheckFailed, type Evidence, holds } from '../expect.ts';
import { fromBytes } from './bytes.ts';

/** One answer of a server. */
export interface WireAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The exchange it came by. */
  readonly evidence: Evidence;
}

/** The answers in what a connection gave. One whose body is still coming counts with what is there. */
export const readAnswers = (received: string, sent = ''): readonly WireAnswer[] => {
  const answers: WireAnswer[] = [];
  for (let rest = received; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1 || !rest.startsWith('HTTP/1.1 ')) break;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map(readHeader));
    const status = Number(first.split(' ')[1]);
    const { body, length } = readBody(rest.slice(end + 4), headers, status);
    answers.push({
      status,
      headers,
      text: fromBytes(body),
      evidence: { sent, received },
    });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
};

const readHeader = (line: string): [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
};

/** The body of an answer by its framing (RFC 9112 6.3); one without any ends with the connection. */
const readBody = (
  rest: string,
  headers: Readonly<Record<string, string>>,
  status: number,
): { body: string; length: number } => {
  if (headers['transfer-encoding']?.toLowerCase() !== 'chunked') {
    const isBare = status < 200 || status === 204 || status === 304;
    const length = isBare ? 0 : Number(headers['content-length'] ?? rest.length);
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
    throw new CheckFailed(
      `expected JSON, got ${answer.status} ${answer.text.slice(0, 200)}`,
      answer.evidence,
    );
  }
};

/** What a schema makes of a value. */
interface Schema<Value> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Fails unless the value has the shape of the contract; gives it. */
export const shaped = <Value>(
  schema: Schema<Value>,
  value: unknown,
  what: string,
  evidence?: Evidence,
): Value => {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new CheckFailed(`${what}: not of the contract's shape${place}: ${issue?.message}`, evidence);
};

/** The JSON of a good answer, in the shape of the contract. */
export const bodyOf = <Value>(schema: Schema<Value>, answer: WireAnswer, what: string): Value => {
  holds(
    answer.status >= 200 && answer.status < 300,
    `${what}: expected an answer, got ${answer.status} ${answer.text.slice(0, 300)}`,
    answer.evidence,
  );
  return shaped(schema, jsonOf(answer), what, answer.evidence);
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
    answer.evidence,
  );

/** Fails unless the answer is a whole problem of this code (RFC 9457); gives the document. */
export const isProblem = (answer: WireAnswer, code: string, what: string): ProblemDocument => {
  const must: (condition: boolean, message: string) => void = (condition, message) =>
    holds(condition, `${what}: ${message}`, answer.evidence);
  const type = answer.headers['content-type'] ?? '';
  must(
    type.startsWith('application/problem+json'),
    `expected the problem ${code}, got ${answer.status} ${type} ${answer.text.slice(0, 200)}`,
  );
  const document = shaped(ProblemDocument, jsonOf(answer), what, answer.evidence);
  must(document.code === code, `expected the problem ${code}, got ${document.code}: ${document.detail}`);
  must(document.status === answer.status, `status ${document.status} in an answer of ${answer.status}`);
  must(document.type === `/problems/${code}`, `type is ${document.type}`);
  must(document.title !== '' && document.detail !== '', 'says nothing to people');
  must(
    document.requestId !== '' && document.requestId === answer.headers['x-request-id'],
    `requestId ${document.requestId} is not that of the header`,
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
