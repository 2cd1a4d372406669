/**
 * The closed list of everything that can go wrong on the wire. This module is free of zod on purpose:
 * browsers may load it. `status` is the HTTP status (RFC 9110), `title` says what happened,
 * `remedy` what the caller can do next; both are served as a page under `/problems/<code>`.
 */
export const problems = {
  'invalid-request': {
    status: 400,
    title: 'The request does not match the contract',
    remedy: 'Correct the members named in `errors`; the schemas are in /api/v1/openapi.json.',
  },
  'malformed-body': {
    status: 400,
    title: 'The request body is not valid JSON',
    remedy: 'Send one JSON document in UTF-8 with `Content-Type: application/json`.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read as HTTP',
    remedy: 'Send a well-formed HTTP/1.1 request with exactly one Host header and a normalised path.',
  },
  'unsupported-choice': {
    status: 400,
    title: 'This host cannot do what the task asks for',
    remedy: 'Choose from what `detail` lists, or ask GET /agents, /runtimes and /executors.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid credential is required',
    remedy:
      'Send `Authorization: ApiKey <key>`; on the same machine the key is in the file named by the server at start.',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    remedy: 'Call from an allowed origin, with a credential that has the role the route asks for.',
  },
  'route-not-found': {
    status: 404,
    title: 'There is nothing at this path',
    remedy: 'Check the path against /api/v1/openapi.json.',
  },
  'task-not-found': {
    status: 404,
    title: 'No such task',
    remedy: 'Check the id; GET /sessions lists what exists.',
  },
  'session-not-found': {
    status: 404,
    title: 'No such session',
    remedy: 'Check the id with GET /sessions; a deleted session is found with `?archived=true`.',
  },
  'draft-not-found': {
    status: 404,
    title: 'No such draft',
    remedy: 'Check the id; GET /drafts lists the saved drafts.',
  },
  'webhook-not-found': {
    status: 404,
    title: 'No such webhook',
    remedy: 'Check the id; GET /webhooks lists them.',
  },
  'repository-not-found': {
    status: 404,
    title: 'No such repository',
    remedy: 'Check the id; GET /repos lists the known repositories.',
  },
  'workspace-not-found': {
    status: 404,
    title: 'No such workspace',
    remedy: 'Check the id; GET /workspaces lists those that were made.',
  },
  'approval-not-found': {
    status: 404,
    title: 'No such permission request in this session',
    remedy: 'GET /sessions/{id}/approvals lists what the agent asked for.',
  },
  'message-not-found': {
    status: 404,
    title: 'No such message in this session',
    remedy: 'GET /sessions/{id}/chat lists the messages; old ones go with the events they were.',
  },
  'attachment-not-found': {
    status: 404,
    title: 'No such attachment of this message',
    remedy: 'GET /sessions/{id}/chat/messages/{messageId} lists its attachments.',
  },
  'file-not-found': {
    status: 404,
    title: 'No such file in the workspace',
    remedy:
      'Send the path relative to the workspace as one percent-encoded segment; GET …/files lists changes.',
  },
  'terminal-not-found': {
    status: 404,
    title: 'The agent of this session does not run in a terminal',
    remedy: 'Launch the task with `terminal` in the settings of its agent; GET …/logs has what it prints.',
  },
  'agent-not-found': {
    status: 404,
    title: 'No such agent type',
    remedy: 'GET /agents lists the agent types of this host.',
  },
  'problem-not-found': {
    status: 404,
    title: 'No such problem code',
    remedy: 'Follow the `type` member of a problem document.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path exists, but not for this method',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'None of the accepted media types can be produced',
    remedy: 'Accept application/json, or text/event-stream where the route streams.',
  },
  'wrong-state': {
    status: 409,
    title: 'The session is not in a state that allows this',
    remedy: 'Read the state in `detail`, wait for the session to settle or act on another one.',
  },
  'pause-unsupported': {
    status: 409,
    title: 'This host cannot make the processes of a session stand still',
    remedy: 'GET /executors says what each host can do; stop the session instead.',
  },
  'prompt-unsupported': {
    status: 409,
    title: 'The agent of this session takes no further prompts',
    remedy: 'Launch a new task, or use an agent that speaks the Agent Client Protocol.',
  },
  'workspace-gone': {
    status: 409,
    title: 'The workspace is not there',
    remedy: 'Wait until the session is provisioned, or read what was delivered.',
  },
  'delivery-refused': {
    status: 409,
    title: 'The work was not delivered: the target does not take it',
    remedy:
      'Do what `detail` says: deliver to another branch (`branch`, --branch) or as a patch. Nothing there was changed.',
  },
  'idempotency-in-progress': {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    remedy: 'Repeat the same request after `Retry-After` seconds.',
  },
  'session-ended': {
    status: 410,
    title: 'The session has ended',
    remedy: 'Launch a new task; GET /sessions/{id} says how this session ended.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource changed since it was read',
    remedy: 'Read it again, apply the change to the new version and send its ETag in `If-Match`.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The request body is too large',
    remedy:
      'Send at most 16 MiB, and into a running session at most 16 KiB of words, 64 KiB as one attachment and 128 KiB as all of them.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type of the body is not supported',
    remedy: 'Send `Content-Type: application/json`, uncompressed or as gzip.',
  },
  'misdirected-request': {
    status: 421,
    title: 'This server does not answer for that host name',
    remedy: 'Call it by a loopback name, or add the public name with --public-host.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    remedy: 'Make a new key for a new request.',
  },
  'delivery-failed': {
    status: 424,
    title: 'The work was not delivered: the repository or its forge did not let the server in',
    remedy:
      'Correct what `detail` names, usually a credential of the server, and deliver again: what was done is found.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    remedy: 'Wait `Retry-After` seconds; the RateLimit header tells what is left.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The request headers are too large',
    remedy: 'Send at most 16 KiB of headers.',
  },
  aborted: {
    status: 499,
    title: 'The caller gave up',
    remedy:
      'Call again. What was to be changed may have been changed, though never by half: repeat it with the same idempotency key.',
  },
  internal: {
    status: 500,
    title: 'The server failed',
    remedy: 'Try again; if it stays, report the requestId with the server log.',
  },
  'data-damaged': {
    status: 500,
    title: 'What is asked for is damaged in the store',
    remedy:
      'Restore a backup with `ah restore`, and have the disk checked; everything else is served meanwhile.',
  },
  'connection-failed': {
    status: 503,
    title: 'The server cannot be reached',
    remedy:
      'Start it with `ah agent access-point`, or name another with --rest-base; the authority of a certificate that is not trusted goes into `tls.ca`.',
  },
  'not-ready': {
    status: 503,
    title: 'The server is not ready',
    remedy: 'Repeat after `Retry-After` seconds; GET /readyz gives the reasons.',
  },
  'forge-unavailable': {
    status: 503,
    title: 'The forge of the repository does not answer now',
    remedy: 'Deliver again after `Retry-After` seconds: what was done is found, nothing is done twice.',
  },
  'storage-full': {
    status: 507,
    title: 'The disk of the server is full',
    remedy: 'Free space in the state directory; reading goes on meanwhile.',
  },
} as const satisfies Record<string, ProblemDefinition>;

interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}

/** A code from the closed list. */
export type ProblemCode = keyof typeof problems;

/** Whether a string is one of our codes; newer servers may send others. */
export const isProblemCode = (value: string): value is ProblemCode => Object.hasOwn(problems, value);
