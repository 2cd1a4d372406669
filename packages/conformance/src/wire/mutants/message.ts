/** A header by its lower-case name. */
type Header = readonly [name: string, value: string];

/** A request taken apart. Characters of the body stand for bytes (0–255). */
export interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** An answer taken apart, its body without chunks. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** The value of a header. */
export const headerOf = ({ headers }: Pick<Request, 'headers'>, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1];

/** The message with one header of this name and value, or without any. */
export const withHeader = <Message extends Request | Answer>(
  message: Message,
  name: string,
  value: string | undefined,
): Message => {
  const others = message.headers.filter(([each]) => each !== name);
  return { ...message, headers: value === undefined ? others : [...others, [name, value]] };
};

/** A well-formed request; undefined for bytes that are none. */
export const readRequest = (bytes: string): Request | undefined => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(first) ?? [];
  const headers = lines.flatMap(readHeader);
  if (method === undefined || target === undefined || headers.length < lines.length) return undefined;
  return { method, target, headers, body: bytes.slice(end + 4) };
};

const readHeader = (line: string): readonly Header[] => {
  const [, name, value] = /^([\w-]+): ?(.*)$/s.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
};

/** A request as bytes, its length told where it was told before. */
export const writeRequest = (request: Request): string => {
  const { method, target, headers, body } =
    headerOf(request, 'content-length') === undefined
      ? request
      : withHeader(request, 'content-length', String(request.body.length));
  return `${method} ${target} HTTP/1.1\r\n${lines(headers)}\r\n${body}`;
};

const lines = (headers: readonly Header[]): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** What a connection gave, with every answer changed. One whose body is still coming is changed as far as it came. */
export const mapAnswers = (received: string, change: (answer: Answer) => Answer): string => {
  let mapped = '';
  for (let rest = received; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...headLines] = rest.slice(0, Math.max(0, end)).split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(first) ?? [];
    if (status === undefined) return mapped + rest;
    const headers = headLines.flatMap(readHeader);
    const read = readBody(rest.slice(end + 4), headers);
    const before = { status: Number(status), headers, body: read.body };
    mapped += writeAnswer(change(before), before, read.isWhole);
    rest = rest.slice(end + 4 + read.length);
  }
  return mapped;
};

const isChunked = (message: Pick<Answer, 'headers'>): boolean =>
  headerOf(message, 'transfer-encoding') === 'chunked';

const readBody = (
  rest: string,
  headers: readonly Header[],
): { body: string; length: number; isWhole: boolean } => {
  if (!isChunked({ headers })) {
    const length = Number(headerOf({ headers }, 'content-length') ?? 0);
    return { body: rest.slice(0, length), length, isWhole: rest.length >= length };
  }
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(rest.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) return { body, length: rest.length, isWhole: false };
    if (size === 0) return { body, length: lineEnd + 4, isWhole: true };
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
};

const writeAnswer = (answer: Answer, before: Answer, isWhole: boolean): string => {
  const { status, headers, body } =
    isChunked(answer) || answer.body === before.body
      ? answer
      : withHeader(answer, 'content-length', String(answer.body.length));
  const chunks = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  const text = isChunked(answer) ? `${chunks}${isWhole ? '0\r\n\r\n' : ''}` : body;
  return `HTTP/1.1 ${status} Changed\r\n${lines(headers)}\r\n${text}`;
};
