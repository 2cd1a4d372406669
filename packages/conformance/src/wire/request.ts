import { toBytes } from './bytes.ts';

/** A request as a check writes it. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  /** Beside `Host`, credential and framing; null leaves a usual one out. */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  /** An object is sent as JSON; text as it is. */
  readonly body?: object | string;
}

/** The bytes of a request, which asks for the connection to be closed behind it. */
export const compose = (
  { method = 'GET', path, headers = {}, body }: WireRequest,
  host: string,
  apiKey: string,
): string => {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const usual: Record<string, string | null | undefined> = {
    host,
    authorization: `ApiKey ${apiKey}`,
    connection: 'close',
    ...(text === undefined
      ? method === 'GET' || method === 'HEAD'
        ? {}
        : { 'content-length': '0' }
      : { 'content-type': 'application/json', 'content-length': String(toBytes(text).length) }),
  };
  const lines = Object.entries({ ...usual, ...headers }).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return toBytes(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text ?? ''}`);
};
