import { type CreateTask, type DraftInput, LaunchedTask } from '@agent-harbor/api-contract/schemas';
import type { Check } from '../check.ts';
import { CheckFailed, type Evidence, holds } from '../expect.ts';
import type { Behaviour } from '../manager/context.ts';
import { bodyOf, hasStatus, jsonOf, member, readAnswers, type WireAnswer } from './answer.ts';
import type { WireContext } from './context.ts';
import { compose, type WireRequest } from './request.ts';

/** A request, and when its answer is long enough. */
interface Sent extends WireRequest {
  /** Drops the connection when what came so far is enough; for streams. */
  readonly isEnough?: (answer: WireAnswer) => boolean;
}

/** What a wire check works with. */
export interface WireBench extends WireContext {
  /** The authority of the server, as a `Host` header names it. */
  readonly host: string;
  /** Sends one request with the key, and gives its answer. */
  send(request: Sent): Promise<WireAnswer>;
  get(path: string, headers?: WireRequest['headers']): Promise<WireAnswer>;
  post(path: string, body: object | string, headers?: WireRequest['headers']): Promise<WireAnswer>;
  put(path: string, body: object | string, headers?: WireRequest['headers']): Promise<WireAnswer>;
  remove(path: string): Promise<WireAnswer>;
  /** Sends bytes as they are; gives every answer that came. */
  raw(bytes: string): Promise<readonly WireAnswer[]>;
  /** A request for one session that waits, with other members where they are given. */
  task(members?: Readonly<Record<string, unknown>>): object;
  /** Launches it and gives what the server said. */
  launch(members?: Partial<CreateTask>, headers?: WireRequest['headers']): Promise<LaunchedTask>;
  /** Saves a draft and gives its path. */
  draft(input?: DraftInput): Promise<string>;
  /** Launches a session that behaves so, reads its events to the end, and gives its id. */
  finished(behaviour: Behaviour, members?: Partial<CreateTask>): Promise<string>;
  /**
   * The ids of ended sessions to read. They are launched once per server and name and serve all checks, as reading
   * changes nothing: sessions are dear where they are processes.
   */
  kept(name: string, members: () => Promise<Partial<CreateTask>>): Promise<readonly string[]>;
  /** The id of a kept session that behaved so. */
  ended(behaviour?: Behaviour): Promise<string>;
  /** A word nobody has used before, on a server that tells its ids apart. */
  mark(): Promise<string>;
  /** Deletes what is at this path when the check is over, also when the check fails. */
  discard(path: string): void;
}

/** A check of the wire suite. What it launched and saved is deleted afterwards. */
export const check = (
  name: string,
  promises: string,
  run: (bench: WireBench) => Promise<void>,
): Check<WireContext> => ({
  name,
  promises,
  run: async (context) => {
    const leftovers: string[] = [];
    let last: Evidence | undefined;
    const bench = createBench(context, leftovers, (evidence) => {
      last = evidence;
    });
    try {
      await run(bench);
    } catch (error) {
      // What was compared with `same` does not know how it came.
      throw error instanceof CheckFailed && error.evidence === undefined
        ? new CheckFailed(error.message, last)
        : error;
    } finally {
      // What the check says counts; what is gone already needs no second end.
      await Promise.allSettled(leftovers.map((path) => bench.remove(path)));
    }
  },
});

/** Server and name → the ended sessions its checks read. */
const keptSessions = new Map<string, readonly string[]>();

const sessionPath = (id: string): string => `/api/v1/sessions/${id}`;

const createBench = (
  context: WireContext,
  leftovers: string[],
  onExchange: (evidence: Evidence) => void,
): WireBench => {
  const { apiKey, agent, labels } = context;
  const host = new URL(context.base).host;

  const exchange: WireContext['exchange'] = async (sent, isEnough) => {
    try {
      const received = await context.exchange(sent, isEnough);
      onExchange({ sent, received });
      return received;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const [line = ''] = sent.split('\r\n', 1);
      throw new CheckFailed(`${line.slice(0, 200)}: ${reason}`, { sent, received: '' });
    }
  };
  const send: WireBench['send'] = async (request) => {
    const { isEnough } = request;
    const sent = compose(request, host, apiKey);
    const received = await exchange(sent, isEnough && ((text) => readAnswers(text).some(isEnough)));
    const [answer] = readAnswers(received, sent).filter(({ status }) => status >= 200);
    if (answer !== undefined) return answer;
    // Something else than a server of ours may listen there: an older HTTP, or another protocol.
    const what = received === '' ? 'no answer' : 'what came is no answer in HTTP/1.1';
    throw new CheckFailed(`${request.method ?? 'GET'} ${request.path}: ${what}`, { sent, received });
  };
  const post: WireBench['post'] = (path, body, headers = {}) => send({ method: 'POST', path, body, headers });
  const remove: WireBench['remove'] = (path) => send({ method: 'DELETE', path });
  const task: WireBench['task'] = (members = {}) => ({
    prompt: 'Do it',
    repo: { mode: 'none' },
    ...(members.agent === undefined && members.agents === undefined ? { agents: [agent('waits')] } : {}),
    ...members,
    ...(labels === undefined ? {} : { labels: { ...labels, ...Object(members.labels) } }),
  });
  const launch: WireBench['launch'] = async (members, headers) => {
    const answer = await post('/api/v1/tasks', task(members), headers);
    hasStatus(answer, 201, 'the launch');
    const launchedTask = bodyOf(LaunchedTask, answer, 'the launch');
    leftovers.push(...launchedTask.session_ids.map(sessionPath));
    return launchedTask;
  };
  const toEnd = async (id: string): Promise<string> => {
    const answer = await send({
      path: `${sessionPath(id)}/events`,
      headers: { accept: 'text/event-stream' },
    });
    hasStatus(answer, 200, 'the stream');
    holds(answer.text.includes('"status"'), 'the stream ended without a status', answer.evidence);
    return id;
  };
  const finished: WireBench['finished'] = async (behaviour, members = {}) =>
    toEnd((await launch({ agents: [agent(behaviour)], ...members })).id);
  const kept: WireBench['kept'] = async (name, members) => {
    const place = `${context.base} ${name}`;
    const known = keptSessions.get(place) ?? [];
    // Another server may have been at this address before.
    if (known[0] !== undefined && isEnded(await send({ path: sessionPath(known[0]) }))) return known;
    const answer = await post('/api/v1/tasks', task(await members()));
    hasStatus(answer, 201, 'the launch');
    const { session_ids } = bodyOf(LaunchedTask, answer, 'the launch');
    keptSessions.set(place, session_ids);
    await Promise.all(session_ids.map(toEnd));
    return session_ids;
  };
  const draft: WireBench['draft'] = async (input = {}) => {
    const answer = await post('/api/v1/drafts', input);
    hasStatus(answer, 201, 'the draft');
    const path = answer.headers.location ?? '';
    holds(path.startsWith('/api/v1/drafts/'), `Location of the draft is ${path}`, answer.evidence);
    leftovers.push(path);
    return path;
  };
  return {
    ...context,
    host,
    send,
    get: (path, headers = {}) => send({ path, headers }),
    post,
    put: (path, body, headers = {}) => send({ method: 'PUT', path, body, headers }),
    remove,
    raw: async (bytes) => readAnswers(await exchange(bytes), bytes),
    task,
    launch,
    draft,
    finished,
    kept,
    ended: async (behaviour = 'edits') => {
      const [id = ''] = await kept(behaviour, async () => ({ agents: [agent(behaviour)] }));
      return id;
    },
    // A draft is the cheapest thing that has an id.
    mark: async () => (await draft()).replace(/.*[^\w]/, ''),
    discard: (path) => leftovers.push(path),
  };
};

const isEnded = (answer: WireAnswer): boolean =>
  answer.status === 200 && ['completed', 'failed'].includes(String(member(jsonOf(answer), 'status')));

/** Deletes the ended sessions that were kept for the checks of this server, and whatever else bears its labels. */
export const tidy = async (context: WireContext): Promise<void> => {
  const bench = createBench(context, [], () => undefined);
  for (const [place, ids] of keptSessions) {
    if (!place.startsWith(`${context.base} `)) continue;
    keptSessions.delete(place);
    await Promise.allSettled(ids.map((id) => bench.remove(sessionPath(id))));
  }
  const labels = Object.entries(context.labels ?? {}).map(
    ([key, value]) => `label=${encodeURIComponent(`${key}:${value}`)}`,
  );
  if (labels.length === 0) return;
  const left = await bench.get(`/api/v1/sessions?perPage=200&${labels.join('&')}`).then(idsIn, () => []);
  await Promise.allSettled(left.map((id) => bench.remove(sessionPath(id))));
};

const idsIn = (answer: WireAnswer): readonly string[] => {
  const items = answer.status === 200 ? member(jsonOf(answer), 'items') : [];
  return Array.isArray(items) ? items.map((item) => String(member(item, 'id'))) : [];
};
