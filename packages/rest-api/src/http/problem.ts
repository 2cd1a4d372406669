import type { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { documentDetail, Problem } from '@agent-harbor/core';
import type { Answer } from './answer.ts';

/** Anything thrown, as a problem. What is not one of ours is a defect: the caller learns nothing of it. */
export const problemOf = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('internal', { cause: error });

/** The answer that tells a caller about a problem (RFC 9457). `instance` is the path it happened at. */
export const problemAnswer = (problem: Problem, instance: string, requestId: string): Answer => {
  const document: ProblemDocument = {
    type: `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: documentDetail(problem),
    instance,
    code: problem.code,
    requestId,
    ...(problem.errors === undefined ? {} : { errors: mutable(problem.errors) }),
  };
  const retryAfter = problem.retryAfterSeconds ?? usualRetrySeconds[problem.code];
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(problem.allow === undefined ? {} : { allow: problem.allow.join(', ') }),
      // Where such a request ends is anybody's guess: what follows it is not read.
      ...(problem.code === 'malformed-request' ? { connection: 'close' } : {}),
      ...(problem.code === 'unauthorized' ? { 'www-authenticate': 'ApiKey realm="agent-harbor"' } : {}),
    },
    payload: { kind: 'json', value: document },
  };
};

const mutable = (errors: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, [...messages]]));

const usualRetrySeconds: Partial<Record<Problem['code'], number>> = {
  'idempotency-in-progress': 1,
  'not-ready': 2,
  'storage-full': 30,
};
