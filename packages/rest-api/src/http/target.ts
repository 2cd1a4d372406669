import { fieldProblem, Problem } from '@agent-harbor/core';

/** A request target taken apart. Segments are decoded once; an encoded slash stays inside its segment. */
export interface Target {
  /** The path as sent, without the query. */
  readonly path: string;
  readonly segments: readonly string[];
  /** The query as sent, without the question mark. */
  readonly query: string;
  /** Whether nothing in it was or has to be decoded: then it holds no text that must not be met. */
  readonly isPlain: boolean;
}

/** Visible ASCII that stands for itself. */
const plain = /^[!$&-~]*$/;

/**
 * Reads an origin-form target (RFC 9112 3.2.1). Other forms, dot segments and broken percent-encoding are refused:
 * proxies disagree about what they mean.
 */
export const readTarget = (target: string): Target => {
  if (!target.startsWith('/') || /[#\s\\]/.test(target)) {
    throw new Problem('malformed-request', {
      detail: 'The request target must be a path and an optional query.',
    });
  }
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const isPlain = plain.test(target) && !target.includes('__proto__');
  const sent = path.slice(1).split('/');
  const segments = isPlain
    ? sent
    : sent.map((segment) => decode(segment) ?? refuse('The path is not valid percent-encoded UTF-8.'));
  for (const segment of segments) {
    if (segment === '.' || segment === '..')
      refuse('The path must not contain the segments `.` and `..`, encoded or not.');
  }
  return { path, segments, query: mark === -1 ? '' : target.slice(mark + 1), isPlain };
};

/** Query members by name, as the contract's schemas read them: a repeated name becomes a list. */
export const readQuery = (query: string): Record<string, string | string[]> => {
  const members: Record<string, string | string[]> = Object.create(null);
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeForm(equals === -1 ? pair : pair.slice(0, equals));
    const value = decodeForm(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) {
      throw fieldProblem(name ?? 'query', 'is not valid percent-encoded UTF-8');
    }
    const before = members[name];
    members[name] = before === undefined ? value : [before, value].flat();
  }
  return members;
};

const decodeForm = (text: string): string | undefined => decode(text.replaceAll('+', ' '));

const decode = (text: string): string | undefined => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const refuse = (detail: string): never => {
  throw new Problem('malformed-request', { detail });
};
