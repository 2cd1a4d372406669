import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem, problemFrom } from '@agent-harbor/core/problem';
import type { TransportResponse } from './transport.ts';

/** The problem an unsuccessful answer stands for, also when something between us and the server wrote it. */
export const problemOf = async (
  response: TransportResponse,
  request: string,
  nowMs: number,
): Promise<Problem> => {
  const retryAfterSeconds = retryAfter(response.header('retry-after'), nowMs);
  const document = parseDocument(await response.text());
  if (document !== undefined) return problemFrom(document, retryAfterSeconds);
  const requestId = response.header('x-request-id');
  return new Problem(codeOf(response.status), {
    detail: `${request} was answered with ${describe(response)}, and not by Agent Harbor.`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(requestId === undefined ? {} : { requestId }),
  });
};

const describe = (response: TransportResponse): string => {
  // A browser hides a redirect that is not followed behind status 0.
  if (response.status === 0) return 'a redirect';
  const location = response.header('location');
  return `HTTP ${response.status}${location === undefined ? '' : ` to ${location}`}`;
};

/** `Retry-After` in seconds, also when it is a date. */
const retryAfter = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
};

type Document = Parameters<typeof problemFrom>[0];

const parseDocument = (text: string): Document | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { code, status, title, detail, errors, requestId } = value;
  if (typeof code !== 'string' || typeof status !== 'number') return undefined;
  return {
    code,
    status,
    title: typeof title === 'string' ? title : code,
    detail: typeof detail === 'string' ? detail : code,
    errors: messages(errors),
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
};

const messages = (errors: unknown): Record<string, string[]> | undefined => {
  if (!isRecord(errors)) return undefined;
  const lists = Object.entries(errors).map(([field, list]): [string, string[]] => [
    field,
    Array.isArray(list) ? list.filter((message) => typeof message === 'string') : [],
  ]);
  return Object.fromEntries(lists);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a bare status most likely means. */
const codeOf = (status: number): ProblemCode => {
  switch (status) {
    case 400:
      return 'malformed-request';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'route-not-found';
    case 413:
      return 'payload-too-large';
    case 421:
      return 'misdirected-request';
    case 429:
      return 'rate-limited';
    case 502:
    case 503:
    case 504:
      return 'not-ready';
    default:
      return 'internal';
  }
};
