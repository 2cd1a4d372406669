/**
 * The closed list of everything that can go wrong on the wire: each code with its HTTP status (RFC 9110). Without the
 * words about them, which are in `problem.ts`, so that browsers load little.
 */
export const problemStatus = {
  'invalid-request': 400,
  'malformed-body': 400,
  'malformed-request': 400,
  'unsupported-choice': 400,
  unauthorized: 401,
  forbidden: 403,
  'route-not-found': 404,
  'task-not-found': 404,
  'session-not-found': 404,
  'draft-not-found': 404,
  'repository-not-found': 404,
  'approval-not-found': 404,
  'file-not-found': 404,
  'agent-not-found': 404,
  'problem-not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'wrong-state': 409,
  'pause-unsupported': 409,
  'prompt-unsupported': 409,
  'workspace-gone': 409,
  'idempotency-in-progress': 409,
  'session-ended': 410,
  'precondition-failed': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'misdirected-request': 421,
  'idempotency-key-reused': 422,
  'rate-limited': 429,
  'headers-too-large': 431,
  aborted: 499,
  internal: 500,
  'connection-failed': 503,
  'not-ready': 503,
  'storage-full': 507,
} as const;

/** A code from the closed list. */
export type ProblemCode = keyof typeof problemStatus;

/** Whether a string is one of our codes; newer servers may send others. */
export const isProblemCode = (value: string): value is ProblemCode => Object.hasOwn(problemStatus, value);
