import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { type Clock, digest, Problem, timestamp } from '@agent-harbor/core';
import type { Scenario } from '@agent-harbor/scenario';
import { anthropic } from '../apis/anthropic.ts';
import type { Api } from '../apis/api.ts';
import { gemini } from '../apis/gemini.ts';
import { createKeptResponses } from '../apis/kept-responses.ts';
import { openaiChat } from '../apis/openai-chat.ts';
import { openaiResponses } from '../apis/openai-responses.ts';
import type { Frame, Piece, Refusal, Reply } from '../exchange/reply.ts';
import type { ApiName, ModelRequest } from '../exchange/request.ts';
import { scriptOf } from '../script/script-of.ts';
import { createFaults, type Faults } from './create-faults.ts';
import { type Decision, decide, failingOf } from './decide.ts';
import type { ModelFault } from './fault.ts';
import { modelsBody } from './models.ts';
import { createRequestLog, type Outcome, type RecordedRequest, type RequestLog } from './requests.ts';
import { type Called, routeOf } from './route.ts';

/** A request as it came: names of headers in small letters, the path without its query. */
export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What is sent back: a document, or frames at their times. */
export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds before anything is sent. */
  readonly waitMs: number;
  readonly body:
    | { readonly text: string }
    | { readonly frames: readonly { readonly atMs: number; readonly text: string }[] };
  /** After so many frames the connection is lost; a document is lost whole. */
  readonly cutAfter: number | undefined;
}

/** How a mock of models is set up. */
export interface MockLlmOptions {
  /** What it plays; the first one when a prompt fits none. */
  readonly scenarios: readonly Scenario[];
  readonly clock: Clock;
  /** The same seed and the same requests give the same ids and faults. */
  readonly seed: string;
  /** Whether anything a scenario does not expect is refused, with the difference. */
  readonly isStrict: boolean;
  /** The times of scenarios are multiplied by it; 0 answers at once. */
  readonly speed: number;
  /** The models it lists; requests may name any. */
  readonly models: readonly string[];
  readonly faults: readonly ModelFault[];
  /** Told of every request, once it is decided. */
  readonly onRequest?: (request: RecordedRequest) => void;
}

/** The API of models, played from scenarios: a function from requests to answers. */
export interface MockLlm {
  /** What a request is answered with; it is recorded. Never throws for what was sent. */
  answer(request: IncomingRequest): ModelAnswer;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** What of each scenario no model can play, once each. */
  readonly remarks: ReadonlyMap<Scenario, ReadonlySet<string>>;
  /** Forgets requests, attempts and faults that were set later. */
  reset(): void;
}

const apis: Readonly<Record<ApiName, Api>> = {
  anthropic,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
};

/** Makes a mock of models. */
export const createMockLlm = (options: MockLlmOptions): MockLlm => {
  const { clock, seed, isStrict, speed, models } = options;
  const remarks = new Map<Scenario, Set<string>>();
  const shelf = options.scenarios.map((scenario) => {
    const told = new Set<string>();
    remarks.set(scenario, told);
    return { scenario, script: scriptOf(scenario, (what) => told.add(what)) };
  });
  const requests = createRequestLog();
  const faults = createFaults(seed, options.faults);
  const attempts = new Map<string, number>();
  const kept = createKeptResponses();

  const attempt = (key: string): number => {
    const made = attempts.get(key) ?? 0;
    attempts.set(key, made + 1);
    // Those of long ago are forgotten, so that it may run for ever.
    if (attempts.size > 10_000) for (const old of [...attempts.keys()].slice(0, 1_000)) attempts.delete(old);
    return made;
  };

  const generate = (
    called: Extract<Called, { what: 'generate' }>,
    incoming: IncomingRequest,
    note: Note,
  ): ModelAnswer => {
    const api = apis[called.api];
    const session = sessionHeaders
      .map((name) => incoming.headers.get(name))
      .find((value) => value !== undefined);
    const body = called.api === 'openai-responses' ? kept.whole(bodyOf(incoming)) : bodyOf(incoming);
    const request = api.read(body, { model: called.model, stream: called.stream, session });
    note({ model: request.model, session: request.session ?? null });
    const decision = decide(request, shelf, isStrict);
    const { place } = decision;
    note({
      outcome: decision.kind,
      scenario: place?.script.name ?? null,
      turn: place?.turn ?? null,
      response: place?.response ?? null,
    });

    const struck = faults.strike(called.api, decision.kind === 'aside');
    note({ faults: struck.map(({ kind }) => kind) });
    const waitMs = struck.reduce((sum, fault) => sum + (fault.kind === 'latency' ? fault.ms : 0), 0);
    const cut = struck.find((fault) => fault.kind === 'cut');
    const failed = struck.map((fault) => refusalOf(fault, api)).find((refusal) => refusal !== undefined);
    if (failed !== undefined) return refuse(called.api, failed, note, 'failed', waitMs);
    if (decision.kind === 'mismatch') {
      const message = ['The request is not what the scenario expects:', ...decision.difference].join('\n');
      note({ difference: decision.difference });
      return refuse(
        called.api,
        { status: 400, type: 'invalid_request_error', message },
        note,
        'mismatch',
        waitMs,
      );
    }
    if (decision.kind === 'scenario') {
      const key = JSON.stringify([decision.conversation, place?.script.name, place?.turn, place?.response]);
      const failing =
        decision.response.failings.length === 0 ? undefined : failingOf(decision.response, attempt(key));
      if (failing !== undefined) return refuse(called.api, failing, note, 'failed', waitMs);
    }
    const reply = replyOf(decision, request, incoming, { seed, speed, now: clock.now() });
    note({ status: 200, text: reply.texts.map(({ text }) => text).join('\n\n') });
    if (called.api === 'openai-responses') kept.keep(body, api.whole(reply, request), incoming.body.length);
    note({ tools: reply.calls.map(({ name, input }) => ({ name, input })) });
    const isArray = called.api === 'gemini' && incoming.query.get('alt') !== 'sse';
    return {
      status: 200,
      headers: { 'content-type': request.stream && !isArray ? 'text/event-stream' : 'application/json' },
      waitMs: request.stream ? waitMs : waitMs + reply.endMs,
      cutAfter: cut?.kind === 'cut' ? cut.afterEvents : undefined,
      body: request.stream
        ? { frames: isArray ? arrayOf(api.frames(reply, request)) : api.frames(reply, request).map(eventOf) }
        : { text: JSON.stringify(api.whole(reply, request)) },
    };
  };

  const answer = (incoming: IncomingRequest): ModelAnswer => {
    const { headers, method, path } = incoming;
    let record: Omit<RecordedRequest, 'number'> = {
      ...nothingKnown,
      at: timestamp(clock.now()),
      method,
      path,
      userAgent: headers.get('user-agent') ?? null,
      body: jsonOr(incoming.body),
    };
    const note: Note = (known) => {
      record = { ...record, ...known };
    };
    const isAnthropic = headers.has('anthropic-version') || headers.has('x-api-key');
    const called = routeOf(method, path, isAnthropic, headers.has('x-goog-api-key'));
    const done = (answered: ModelAnswer): ModelAnswer => {
      note({ status: answered.status });
      const recorded = requests.add(record, incoming.body.length);
      options.onRequest?.(recorded);
      return answered;
    };
    if (called === undefined) {
      const message = `There is no ${method} ${path}: the mock has Anthropic Messages, OpenAI Responses and Chat Completions, and Gemini.`;
      return done(
        refuse('openai-chat', { status: 404, type: 'not_found_error', message }, note, 'refused', 0),
      );
    }
    if (called.what === 'socket') {
      // Told so, agents that would rather have a WebSocket take the other way at once.
      const message = 'The mock speaks HTTP only: POST here, and read the stream.';
      return done(
        refuse('openai-responses', { status: 426, type: 'upgrade_required', message }, note, 'refused', 0),
      );
    }
    if (called.what === 'alive')
      return { status: 200, headers: plain, waitMs: 0, body: { text: '{}' }, cutAfter: undefined };
    const api = called.what === 'models' && called.api === 'openai' ? 'openai-chat' : called.api;
    if (api !== 'openai') note({ api });
    const name: ApiName = api === 'openai' ? 'openai-chat' : api;
    if (!hasKey(incoming)) {
      const type = name === 'gemini' ? 'UNAUTHENTICATED' : 'authentication_error';
      const message = `A key is missing: send ${keyHeaders[name]}. Any text will do, as long as there is one.`;
      return done(refuse(name, { status: 401, type, message }, note, 'refused', 0));
    }
    try {
      switch (called.what) {
        case 'models': {
          note({ outcome: 'models' });
          return done(document(modelsBody(called.api, models, called.model)));
        }
        case 'count': {
          note({ outcome: 'count' });
          return done(document(apis[called.api].count?.(tokensIn(incoming.body)) ?? {}));
        }
        case 'generate':
          return done(generate(called, incoming, note));
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const message = error.detail ?? error.message;
      return done(refuse(name, { status: 400, type: 'invalid_request_error', message }, note, 'refused', 0));
    }
  };

  return {
    answer,
    requests,
    faults,
    remarks,
    reset() {
      requests.clear();
      kept.clear();
      attempts.clear();
      faults.clear();
      for (const fault of options.faults) faults.add(fault);
    },
  };
};

type Note = (known: Partial<RecordedRequest>) => void;

/** How agents name the conversation a request belongs to. */
const sessionHeaders = [
  'x-claude-code-session-id',
  'session_id',
  'session-id',
  'x-session-id',
  'x-session-affinity',
];

const keyHeaders: Readonly<Record<ApiName, string>> = {
  anthropic: 'x-api-key (ANTHROPIC_API_KEY)',
  'openai-chat': 'Authorization: Bearer … (OPENAI_API_KEY)',
  'openai-responses': 'Authorization: Bearer … (OPENAI_API_KEY)',
  gemini: 'x-goog-api-key (GEMINI_API_KEY)',
};

const hasKey = ({ headers, query }: IncomingRequest): boolean =>
  ['x-api-key', 'x-goog-api-key', 'api-key'].some((name) => (headers.get(name) ?? '').trim() !== '') ||
  /^\S+\s+\S/.test(headers.get('authorization') ?? '') ||
  (query.get('key') ?? '') !== '';

const nothingKnown = {
  api: null,
  model: null,
  session: null,
  outcome: 'refused' as Outcome,
  status: 0,
  scenario: null,
  turn: null,
  response: null,
  tools: [],
  text: '',
  difference: null,
  faults: [],
  message: null,
};

const plain = { 'content-type': 'application/json' };

const document = (body: JsonObject): ModelAnswer => ({
  status: 200,
  headers: plain,
  waitMs: 0,
  body: { text: JSON.stringify(body) },
  cutAfter: undefined,
});

const refuse = (
  name: ApiName,
  refusal: Refusal,
  note: Note,
  outcome: Outcome,
  waitMs: number,
): ModelAnswer => {
  const { status, message, retryAfterSeconds } = refusal;
  note({ outcome, status, message });
  return {
    status,
    headers: {
      ...plain,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    waitMs,
    body: { text: JSON.stringify(apis[name].failure(refusal)) },
    cutAfter: undefined,
  };
};

const refusalOf = (fault: ModelFault, api: Api): Refusal | undefined => {
  switch (fault.kind) {
    case 'rate-limit': {
      const message = 'The rate limit of this mock was reached by a fault that is set.';
      return { status: 429, type: 'rate_limit_error', message, retryAfterSeconds: fault.retryAfterSeconds };
    }
    case 'overload':
      return { ...api.overload, message: 'Overloaded', retryAfterSeconds: fault.retryAfterSeconds };
    case 'status': {
      const { status, message = 'A fault that is set.', retryAfterSeconds } = fault;
      return {
        status,
        type: status < 500 ? 'invalid_request_error' : 'api_error',
        message,
        retryAfterSeconds,
      };
    }
    case 'latency':
    case 'cut':
      return undefined;
  }
};

const bodyOf = ({ body }: IncomingRequest): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Problem('invalid-request', { detail: 'The body is not JSON.', cause: error });
  }
};

const jsonOr = (body: string): unknown => {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return body.slice(0, 10_000);
  }
};

/** A fair guess, the same every time: four characters are a token. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4);

const replyOf = (
  decision: Exclude<Decision, { kind: 'mismatch' }>,
  request: ModelRequest,
  incoming: IncomingRequest,
  { seed, speed, now }: { seed: string; speed: number; now: number },
): Reply => {
  const isPlayed = decision.kind === 'scenario';
  const at = ({ atMs, text }: Piece): Piece => ({ atMs: Math.round(atMs * speed), text });
  // From the conversation, so that the same request has the same ids, whatever else is asked.
  const origin = digest(JSON.stringify([seed, request.session ?? '', request.says, decision.kind]));
  const calls = isPlayed
    ? decision.calls.map(({ name, input }, index) => ({
        id: `call_${origin.slice(0, 20)}${index}`,
        name,
        input,
      }))
    : [];
  const texts = isPlayed ? decision.response.texts.map(at) : [{ atMs: 0, text: decision.text }];
  const thoughts = isPlayed ? decision.response.thoughts.map(at) : [];
  const said =
    [...thoughts, ...texts].map(({ text }) => text).join('') +
    calls.map(({ input }) => JSON.stringify(input)).join('');
  const isLast = isPlayed && decision.response.uses.length === 0;
  const stop = isLast ? (decision.place.script.turns[decision.place.turn]?.stop ?? 'end') : 'end';
  return {
    id: origin.slice(0, 24),
    model: request.model,
    createdAt: Math.floor(now / 1000),
    thoughts,
    texts,
    calls,
    endMs: isPlayed ? Math.round(decision.response.endMs * speed) : 0,
    stop: calls.length > 0 ? 'calls' : stop,
    usage: { input: tokensIn(incoming.body), output: Math.max(1, tokensIn(said)) },
  };
};

/** One event as the stream has it. */
const eventOf = ({ atMs, event, data }: Frame): { atMs: number; text: string } => ({
  atMs,
  text: `${event === undefined ? '' : `event: ${event}\n`}data: ${data === '[DONE]' ? data : JSON.stringify(data)}\n\n`,
});

/** Without `alt=sse`, Gemini streams one array. */
const arrayOf = (frames: readonly Frame[]): readonly { atMs: number; text: string }[] =>
  frames.map(({ atMs, data }, index) => ({
    atMs,
    text: `${index === 0 ? '[' : ',\n'}${JSON.stringify(data)}${index === frames.length - 1 ? ']' : ''}`,
  }));
