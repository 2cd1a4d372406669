import { policy } from '../policy.ts';
import { Accepted, TerminalInput, TerminalPage, TerminalQuery, TerminalSize } from '../schemas/index.ts';
import { idempotencyHeaders, noQuery, resumeHeaders, sessionParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const terminal = c.router({
  pty: {
    method: 'GET',
    path: '/api/v1/sessions/:id/pty',
    summary:
      'What the terminal of a session shows: a resumable stream, or what is kept of it for those who prefer JSON',
    pathParams: sessionParams,
    headers: resumeHeaders,
    query: TerminalQuery,
    responses: { 200: TerminalPage, 204: c.noBody() },
    metadata: policy({ media: { 200: ['text/event-stream'] } }),
  },
  input: {
    method: 'POST',
    path: '/api/v1/sessions/:id/pty/input',
    summary: 'Type into the terminal of a running session, at most 64 KiB at once',
    pathParams: sessionParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: TerminalInput,
    responses: { 202: Accepted, 409: problem, 410: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
  resize: {
    method: 'POST',
    path: '/api/v1/sessions/:id/pty/resize',
    summary: 'Give the terminal of a running session another size',
    pathParams: sessionParams,
    headers: idempotencyHeaders,
    query: noQuery,
    body: TerminalSize,
    responses: { 202: Accepted, 409: problem, 410: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
});
