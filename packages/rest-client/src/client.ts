import type {
  Catalogue,
  Clock,
  Conversations,
  Deliveries,
  TaskManager,
  Terminals,
  Webhooks,
  Workspaces,
} from '@agent-harbor/core';
import { fieldProblem, Problem } from '@agent-harbor/core/problem/bare';
import type { Backoff } from './backoff.ts';
import { createCaller } from './call.ts';
import { createApi } from './create-api.ts';
import { type CredentialSource, createAuthorizer } from './credential.ts';
import { type Log, quiet } from './log.ts';
import { createCatalogue } from './ports/catalogue.ts';
import { createConversations } from './ports/conversations.ts';
import { createDeliveries } from './ports/deliveries.ts';
import { createEvents, createSubscriber, type Events } from './ports/events.ts';
import { createService, type Service } from './ports/service.ts';
import { createTasks } from './ports/tasks.ts';
import { createTerminals } from './ports/terminals.ts';
import { createWebhooks } from './ports/webhooks.ts';
import { createWorkspaces } from './ports/workspaces.ts';
import { type ReplyReader, trustingReader } from './replies.ts';
import type { Api } from './routes/api.ts';
import type { Caller, RouteName } from './routes/contract.ts';
import { createStreamOpener, type Flatten, flattened, type StreamOpener } from './stream/event-stream.ts';
import { systemClock } from './system-clock.ts';
import type { Transport } from './transport.ts';
import type { OwnHeaders, Wire } from './wire.ts';

/** How to reach a server. */
export interface ClientOptions {
  /** Where the server is, as `http://127.0.0.1:3001`; a path before `/api/v1` is kept. */
  readonly base: string;
  /** The API key; short for `credential: { apiKey }`. */
  readonly apiKey?: string | undefined;
  /** An API key, a bearer token (JWT), or a function that gets one and is asked again when the server refuses it. */
  readonly credential?: CredentialSource | undefined;
  /** How long a call may take with all its repetitions, in milliseconds; 60 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** The same for single routes, by their name: `{ 'files.diff': 120_000 }`. A call may bring its own. */
  readonly timeouts?: Readonly<Partial<Record<RouteName, number>>> | undefined;
  /** How often a request is sent at most where repeating it is safe; 5 when absent, 1 never repeats. */
  readonly attempts?: number | undefined;
  /** The waits between repetitions and reconnects; from 250 ms to 15 s when absent. */
  readonly backoff?: Backoff | undefined;
  /** After how long without a byte a stream is opened anew, in milliseconds; 45 s when absent. */
  readonly streamIdleMs?: number | undefined;
  /** Is told of every request, answer, retry and reconnect, and of what should not stay as it is; without secrets. */
  readonly log?: Log | undefined;
  /** Headers of your own for every request, as `traceparent`. Those of the client itself win. */
  readonly headers?: OwnHeaders | undefined;
  /** Reads answers; trusts the server when absent. `contractReader` of the `./validation` door checks them. */
  readonly reader?: ReplyReader | undefined;
  /** Time; the system's when absent. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1) for jitter; `Math.random` when absent. */
  readonly random?: (() => number) | undefined;
}

/** One server: every route as a typed method. */
export interface ApiClient {
  /** Where the server is. */
  readonly base: string;
  /** Every route of the contract, grouped by noun: `api.sessions.get(id)`. */
  readonly api: Api;
  /** A route by its name, for those who need the status or the ETag: `call('drafts.get', id)`. */
  readonly call: Caller;
  /** Opens the stream of a route by its name. */
  readonly open: StreamOpener;
  /** Closes every connection. Calls and streams that are under way reject with `aborted`. */
  close(): Promise<void>;
}

/** One server, by the ports every UI programs against as well. */
export interface HarborClient extends ApiClient {
  /** What every implementation does alike: the server in a process, this client, the mock client. */
  readonly tasks: TaskManager;
  readonly workspaces: Workspaces;
  readonly terminals: Terminals;
  readonly catalogue: Catalogue;
  readonly conversations: Conversations;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly events: Events;
  readonly service: Service;
}

/** What a host may do in its own way. */
export interface HostOptions extends ClientOptions {
  /** How bytes reach the server; by the global `fetch` when absent. */
  readonly fetch?: Transport | undefined;
  /** How streams are iterated; by a generator when absent. */
  readonly flatten?: Flatten | undefined;
  /** Closes every connection at once. */
  readonly disconnect?: (() => Promise<void>) | undefined;
}

export const createApiClient = (options: HostOptions): ApiClient => {
  const { apiKey, credential, disconnect } = options;
  const base = options.base.replace(/\/+$/, '');
  // A name and password would end up in logs and problems, which show where the server is.
  if (!/^https?:\/\/[^@?#]+$/.test(base)) throw fieldProblem('base', 'must be http(s)');
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const wire: Wire = {
    clock: systemClock,
    random: Math.random,
    reader: trustingReader,
    fetch: (url, sending) => fetch(url, sending),
    flatten: flattened,
    timeoutMs: 60_000,
    attempts: 5,
    backoff: { baseMs: 250, maxMs: 15_000 },
    streamIdleMs: 45_000,
    ...Object.fromEntries(given),
    base,
    log: quiet(options.log),
    authorize: createAuthorizer(apiKey ? { apiKey } : credential),
    guards: new Set(),
  };
  const call = createCaller(wire);
  const open = createStreamOpener(wire);
  return {
    base,
    api: createApi(call, open),
    call,
    open,
    async close() {
      wire.closed = new Problem('aborted', { status: 499, detail: 'The client is closed.' });
      for (const guard of wire.guards) guard.end(wire.closed);
      await disconnect?.();
    },
  };
};

export const createClient = (options: HostOptions): HarborClient => {
  const client = createApiClient(options);
  const { base, api, call } = client;
  const subscribe = createSubscriber(client.open);
  return {
    ...client,
    tasks: createTasks(base, api, call, subscribe),
    workspaces: createWorkspaces(api),
    terminals: createTerminals(api, client.open),
    catalogue: createCatalogue(api),
    conversations: createConversations(api, client.open),
    webhooks: createWebhooks(api),
    deliveries: createDeliveries(api),
    events: createEvents(api, call, subscribe),
    service: createService(api),
  };
};
