import { type IncomingMessage, request } from 'node:http';
import type { Json } from './open-mock.ts';

/** A request as a test makes it. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** One answer, every byte of it: status line, headers in their order, body. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly text: string;
  readonly body: string;
}

/** A stream that is read while it comes. */
interface Opened {
  /** Resolves as soon as this is in what came. */
  until(what: string): Promise<void>;
  /** Everything up to the end of the stream. */
  whole(): Promise<Recorded>;
  /** Everything up to the first place this is in, and no more of the stream. */
  upTo(what: string): Promise<Recorded>;
}

const ask = (url: string, { method, path, headers, body }: Sent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const asked = request(url + path, { method, headers, agent: false }, resolve);
    asked.once('error', reject);
    asked.end(body);
  });

/** Sends a request on a connection of its own and opens its answer. */
const open = async (url: string, sent: Sent): Promise<Opened> => {
  const answer = await ask(url, sent);
  const { statusCode: status = 0, statusMessage, httpVersion, rawHeaders } = answer;
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  const head = [`HTTP/${httpVersion} ${status} ${statusMessage}`, ...lines, '', ''].join('\r\n');
  const recorded = (body: string): Recorded => ({
    method: sent.method,
    path: sent.path,
    status,
    body,
    text: `${sent.method} ${sent.path}\r\n${head}${body}`,
  });
  let body = '';
  let isOver = false;
  let wake = () => {};
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
    wake();
  });
  answer.once('close', () => {
    isOver = true;
    wake();
  });
  const came = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough() && !isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const until = async (what: string): Promise<void> => {
    await came(() => body.includes(what));
    if (!body.includes(what)) throw new Error(`${sent.path} ended without ${what}: ${head}${body}`);
  };
  return {
    until,
    async whole() {
      await came(() => isOver);
      return recorded(body);
    },
    async upTo(what) {
      await until(what);
      answer.destroy();
      return recorded(body.slice(0, body.indexOf(what) + what.length));
    },
  };
};

/** Requests that are written down one after the other. */
export interface Recorder {
  readonly answers: readonly Recorded[];
  /** What the answers were, to be compared. */
  readonly transcript: readonly string[];
  /** A body that is no text is sent as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Recorded>;
  /** The same, and the body of its answer as JSON. */
  json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Json>;
  /** Opens a stream; it is written down when somebody takes it. */
  stream(path: string, headers?: Record<string, string>): Promise<Opened>;
}

export const createRecorder = (url: string, key: string): Recorder => {
  const answers: Recorded[] = [];
  const keep = (answer: Recorded): Recorded => {
    answers.push(answer);
    return answer;
  };
  const sent = (method: string, path: string, body: unknown, headers: Record<string, string>): Sent => ({
    method,
    path,
    headers: {
      authorization: `ApiKey ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const recorder: Recorder = {
    answers,
    get transcript() {
      return answers.map(({ text }) => text);
    },
    async send(method, path, body, headers = {}) {
      return keep(await (await open(url, sent(method, path, body, headers))).whole());
    },
    async json(...request) {
      const { body } = await recorder.send(...request);
      return body === '' ? undefined : JSON.parse(body);
    },
    async stream(path, headers = {}) {
      const accept = { accept: 'text/event-stream', ...headers };
      const opened = await open(url, sent('GET', path, undefined, accept));
      return {
        until: opened.until,
        whole: async () => keep(await opened.whole()),
        upTo: async (what) => keep(await opened.upTo(what)),
      };
    },
  };
  return recorder;
};
