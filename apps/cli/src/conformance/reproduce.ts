import { type Evidence, readAnswers } from '@agent-harbor/conformance';
import { shellWord } from '../terminal/shell-word.ts';

/** Longer ones are described instead. */
const longest = 4_000;

/** The exchange of a failed check, for people who want to see it for themselves. */
export interface Reproduction {
  /** A shell command that sends the same; `$AH_API_KEY` stands for the key. */
  readonly command: string;
  /** The head of what came. */
  readonly answer: string;
}

/** What a check was told, as a command and its answer. The key never shows. */
export const reproduce = (
  { sent, received }: Evidence,
  { base, apiKey }: { readonly base: string; readonly apiKey: string },
): Reproduction => {
  const request = readRequest(sent, new URL(base).host);
  const command = request === undefined ? rawCommand(sent, base) : curlCommand(request, base);
  const answers = readAnswers(received).map(({ status, headers, text }) =>
    `${status} ${headers['content-type'] ?? ''} ${text.slice(0, 300)}`.trim(),
  );
  // More than one where something was read behind a request that should have been the last.
  const answer = answers.length > 0 ? answers.join(' and ') : textOf(received.slice(0, 300)) || 'nothing';
  return { command: hide(command, apiKey, '$AH_API_KEY'), answer: hide(answer, apiKey, '***') };
};

const hide = (text: string, secret: string, by: string): string =>
  secret === '' ? text : text.replaceAll(secret, by);

interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The request, where curl can send it; undefined where it is wrong on purpose. */
const readRequest = (sent: string, host: string): Request | undefined => {
  const end = sent.indexOf('\r\n\r\n');
  const [first = '', ...lines] = sent.slice(0, Math.max(0, end)).split('\r\n');
  const [, method, target] = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(first) ?? [];
  const headers = lines.map((line) => /^([\w-]+): ?(.*)$/.exec(line)?.slice(1));
  if (method === undefined || target === undefined || method === 'CONNECT') return undefined;
  const pairs: (readonly [string, string])[] = [];
  for (const header of headers) {
    const [name, value] = header ?? [];
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name.toLowerCase(), value]);
  }
  const valuesOf = (wanted: string) => pairs.filter(([name]) => name === wanted).map(([, value]) => value);
  const body = sent.slice(end + 4);
  const isPlain =
    valuesOf('host').length === 1 &&
    valuesOf('transfer-encoding').length === 0 &&
    [[], [String(body.length)]].some((plain) => plain.join() === valuesOf('content-length').join());
  if (!isPlain || (valuesOf('content-length').length === 0 && body !== '')) return undefined;
  const implied = ([name, value]: readonly [string, string]) =>
    (name === 'host' && value === host) || name === 'content-length' || name === 'connection';
  return { method, target, headers: pairs.filter((pair) => !implied(pair)), body: textOf(body) };
};

const curlCommand = ({ method, target, headers, body }: Request, base: string): string => {
  const names = new Set(headers.map(([name]) => name));
  // What curl adds of its own accord.
  const unwanted = ['accept', ...(body === '' ? [] : ['content-type'])].filter((name) => !names.has(name));
  const streams = headers.some(([name, value]) => name === 'accept' && value.includes('event-stream'));
  const wayOf: Readonly<Record<string, string[]>> = { GET: [], HEAD: ['-I'] };
  return [
    'curl -isS',
    ...(streams ? ['-N'] : []),
    ...(/\/\.{1,2}(\/|$)/.test(target) ? ['--path-as-is'] : []),
    ...(wayOf[method] ?? [`-X ${method}`]),
    ...headers.map(([name, value]) => `-H ${headerWord(name, value)}`),
    ...unwanted.map((name) => `-H '${name}:'`),
    ...dataOf(body),
    shellWord(base + target),
  ].join(' ');
};

/** In double quotes where the shell shall put the key in. */
const headerWord = (name: string, value: string): string => {
  if (value === '') return shellWord(`${name};`);
  if (!/^(?:authorization|x-api-key)$/.test(name)) return shellWord(`${name}: ${value}`);
  return `"${name}: ${value.replace(/[\\"`$]/g, '\\$&')}"`;
};

const dataOf = (body: string): string[] => {
  if (body === '') return [];
  if (body.length <= longest) return ['--data-binary', shellWord(body)];
  return [`--data-binary @body.json \`# ${body.length} characters, beginning with ${body.slice(0, 40)}\``];
};

/** Bytes no client sends by itself go through a bare connection. */
const rawCommand = (sent: string, base: string): string => {
  const { protocol, hostname, port } = new URL(base);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tunnel =
    protocol === 'https:'
      ? `openssl s_client -quiet -connect ${hostname}:${port || 443}`
      : `nc ${host} ${port || 80}`;
  const shown = sent.length <= longest ? sent : `${sent.slice(0, 200)}… (${sent.length} bytes in all)`;
  const spelt = shown.replace(/[^\x20-\x7e]|[\\'%"$`]/g, (character) => {
    if (character === '\r') return '\\r';
    if (character === '\n') return '\\n';
    if (character === '%') return '%%';
    return `\\${(character.codePointAt(0) ?? 0).toString(8).padStart(3, '0')}`;
  });
  return `printf "${spelt}" | ${tunnel}`;
};

/** Bytes as the text they mean. */
const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
