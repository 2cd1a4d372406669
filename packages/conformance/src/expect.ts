import { Problem } from '@agent-harbor/core';

/** What went over a connection: characters stand for bytes (0–255). */
export interface Evidence {
  readonly sent: string;
  readonly received: string;
}

/** A promise that does not hold. The message says what was expected and what came. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  /** The exchange that showed it, where there was one. */
  readonly evidence: Evidence | undefined;

  constructor(message: string, evidence?: Evidence) {
    super(message);
    this.evidence = evidence;
  }
}

/** Fails with `message` unless the condition holds. */
export function holds(condition: unknown, message: string, evidence?: Evidence): asserts condition {
  if (!condition) throw new CheckFailed(message, evidence);
}

/** Fails unless the value is there. */
export const present = <Value>(value: Value | null | undefined, what: string): Value => {
  if (value === null || value === undefined) throw new CheckFailed(`${what}: missing`);
  return value;
};

/** Fails unless both are the same JSON value. A member that is undefined equals one that is absent. */
export const same = (actual: unknown, expected: unknown, what: string): void => {
  const path = difference(actual, expected, '');
  if (path === undefined) return;
  throw new CheckFailed(
    `${what}${path === '' ? '' : ` at ${path}`}: expected ${show(expected)}, got ${show(actual)}`,
  );
};

/** Fails unless the promise rejects with a `Problem` of this code; gives the problem. */
export const rejectsWith = async (
  code: Problem['code'],
  promise: Promise<unknown>,
  what: string,
): Promise<Problem> => {
  try {
    await promise;
  } catch (error) {
    holds(error instanceof Problem, `${what}: expected the problem ${code}, got ${String(error)}`);
    holds(error.code === code, `${what}: expected the problem ${code}, got ${error.message}`);
    return error;
  }
  throw new CheckFailed(`${what}: expected the problem ${code}, but the call succeeded`);
};

/** The path of the first difference; undefined when there is none. */
const difference = (actual: unknown, expected: unknown, path: string): string | undefined => {
  if (Object.is(actual, expected)) return undefined;
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected))
    return path;
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length)
    return `${path}.length`;
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const own = Object.hasOwn(actual, key) ? actual[key] : undefined;
    const wanted = Object.hasOwn(expected, key) ? expected[key] : undefined;
    const found = difference(own, wanted, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
};
