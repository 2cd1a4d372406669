import { Problem } from '@agent-harbor/core';
import type { Incoming } from '../incoming.ts';
import { hostileText } from './hostile-text.ts';
import { inflate } from './inflate.ts';
import { createShapeGuard } from './json-shape.ts';

/** 16 MiB, before and after inflation. */
export const maxBodyBytes = 16 * 1024 * 1024;

/** What a request carries. */
export interface Body {
  /** The JSON document, or the text where the route reads text; undefined when the body is empty. */
  readonly value: unknown;
  /** Its bytes after inflation: what makes two requests the same one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const emptyBody: Body = { value: undefined, bytes: new Uint8Array() };

/**
 * Reads a JSON body; with `textTypes` the text of a body of one of these media types. Nothing is kept beyond the limit,
 * and nothing is parsed that would be costly to parse.
 */
export const readBody = async (
  incoming: Incoming,
  headers: Readonly<Record<string, string>>,
  textTypes: readonly string[] = [],
): Promise<Body> => {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0))
    return emptyBody;
  const readsText = textTypes.length > 0;
  checkMediaType(headers['content-type'], readsText ? textTypes : ['application/json']);
  if (length !== undefined && Number(length) > maxBodyBytes) throw tooLarge();
  const isInflated = isCompressed(headers['content-encoding']);
  const whole = isInflated ? inflated(limited(incoming.body())) : incoming.body();
  const bytes = await collect(whole, readsText ? () => {} : createShapeGuard());
  return bytes.length === 0 ? emptyBody : { value: read(bytes, readsText), bytes };
};

const checkMediaType = (contentType: string | undefined, accepted: readonly string[]): void => {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (!accepted.includes(type) || (charset !== undefined && charset !== 'utf-8')) {
    throw new Problem('unsupported-media-type');
  }
};

const isCompressed = (encoding: string | undefined): boolean => {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name !== 'identity' && name !== 'gzip') throw new Problem('unsupported-media-type');
  return name === 'gzip';
};

async function* inflated(sent: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* inflate(sent);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('malformed-body', { detail: 'The body is not valid gzip.', cause });
  }
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    yield chunk;
  }
}

const collect = async (
  chunks: AsyncIterable<Uint8Array>,
  guard: (chunk: Uint8Array) => void,
): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    guard(chunk);
    parts.push(chunk);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
};

const read = (bytes: Uint8Array, readsText: boolean): unknown => {
  const value = readsText ? decode(bytes) : parseJson(bytes);
  const errors = hostileText(value);
  if (errors === undefined) return value;
  const [field, messages] = Object.entries(errors)[0] ?? ['body', []];
  throw new Problem('invalid-request', { detail: `${field}: ${messages.join('; ')}`, errors });
};

const parseJson = (bytes: Uint8Array): unknown => {
  const text = decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('malformed-body', { cause });
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Problem('malformed-body', { cause });
  }
};

const tooLarge = () => new Problem('payload-too-large');
