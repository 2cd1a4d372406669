import { type CreateTask, LaunchedTask } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import type { Check } from '../check.ts';
import { CheckFailed, holds } from '../expect.ts';
import type { Behaviour } from '../manager/context.ts';
import { hasStatus, jsonOf, readAnswers, type WireAnswer } from './answer.ts';
import { toBytes } from './bytes.ts';
import type { WireContext } from './context.ts';

/** A request as a check writes it. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  /** Beside `Host`, credential and framing; null leaves a usual one out. */
  readonly headers?: Readonly<Record<string, string | null | undefined>>;
  /** An object is sent as JSON; text as it is. */
  readonly body?: object | string;
  /** Drops the connection when what came so far is enough; for streams. */
  readonly isEnough?: (answer: WireAnswer) => boolean;
}

/** What a wire check works with. */
export interface WireBench extends WireContext {
  /** The authority of the server, as a `Host` header names it. */
  readonly host: string;
  /** Sends one request with the key, and gives its answer. */
  send(request: WireRequest): Promise<WireAnswer>;
  get(path: string, headers?: WireRequest['headers']): Promise<WireAnswer>;
  post(path: string, body: object | string, headers?: WireRequest['headers']): Promise<WireAnswer>;
  /** Sends bytes as they are; gives every answer that came. */
  raw(bytes: string): Promise<readonly WireAnswer[]>;
  /** A request for one session that waits, with other members where they are given. */
  task(members?: Readonly<Record<string, unknown>>): object;
  /** Launches it and gives what the server said. */
  launch(members?: Partial<CreateTask>, headers?: WireRequest['headers']): Promise<LaunchedTask>;
  /** Launches a session that behaves so, reads its events to the end, and gives its id. */
  finished(behaviour: Behaviour): Promise<string>;
  /**
   * The id of an ended session with events to read. One per server serves all checks, as reading changes nothing; it
   * may be archived, which takes nothing from its events.
   */
  ended(): Promise<string>;
  /** Deletes a session when the check is over, also when the check fails. */
  discard(sessionId: string): void;
}

/** A check of the wire suite. Sessions it launched are deleted afterwards. */
export const check = (
  name: string,
  promises: string,
  run: (bench: WireBench) => Promise<void>,
): Check<WireContext> => ({
  name,
  promises,
  run: async (context) => {
    const launched: string[] = [];
    const bench = createBench(context, launched);
    try {
      await run(bench);
    } finally {
      // What the check says counts; a session that is gone already needs no second end.
      await Promise.allSettled(
        launched.map((id) => bench.send({ method: 'DELETE', path: `/api/v1/sessions/${id}` })),
      );
    }
  },
});

/** Server → the ended session its checks read. */
const endedSessions = new Map<string, string>();

const createBench = (context: WireContext, launched: string[]): WireBench => {
  const { exchange, apiKey, agent } = context;
  const host = new URL(context.base).host;

  const send: WireBench['send'] = async (request) => {
    const { isEnough } = request;
    const received = await exchange(
      toBytes(compose(request, host, apiKey)),
      isEnough && ((text) => readAnswers(text).some(isEnough)),
    );
    const [answer] = readAnswers(received).filter(({ status }) => status >= 200);
    if (answer === undefined) throw new CheckFailed(`${request.method ?? 'GET'} ${request.path}: no answer`);
    return answer;
  };
  const post: WireBench['post'] = (path, body, headers = {}) => send({ method: 'POST', path, body, headers });
  const task: WireBench['task'] = (members = {}) => ({
    prompt: 'Do it',
    repo: { mode: 'none' },
    ...(members.agent === undefined ? { agents: [agent('waits')] } : {}),
    ...members,
  });
  const launch: WireBench['launch'] = async (members, headers) => {
    const answer = await post('/api/v1/tasks', task(members), headers);
    hasStatus(answer, 201, 'the launch');
    const launchedTask = parse(LaunchedTask, jsonOf(answer));
    launched.push(...launchedTask.session_ids);
    return launchedTask;
  };
  const finished: WireBench['finished'] = async (behaviour) => {
    const { id } = await launch({ agents: [agent(behaviour)] });
    const answer = await send({
      path: `/api/v1/sessions/${id}/events`,
      headers: { accept: 'text/event-stream' },
    });
    hasStatus(answer, 200, 'the stream');
    holds(answer.text.includes('"status"'), 'the stream ended without a status');
    return id;
  };
  const ended: WireBench['ended'] = async () => {
    const known = endedSessions.get(context.base);
    const path = `/api/v1/sessions/${known}/events`;
    // Another server may have been at this address before.
    if (known !== undefined && (await send({ method: 'HEAD', path })).status === 200) return known;
    const id = await finished('edits');
    endedSessions.set(context.base, id);
    return id;
  };
  return {
    ...context,
    host,
    send,
    get: (path, headers = {}) => send({ path, headers }),
    post,
    raw: async (bytes) => readAnswers(await exchange(bytes)),
    task,
    launch,
    finished,
    ended,
    discard: (sessionId) => launched.push(sessionId),
  };
};

const compose = (
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
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text ?? ''}`;
};
