import type { Catalogue, Clock, TaskManager, Workspaces } from '@agent-harbor/core';
import { fieldProblem } from '@agent-harbor/core/problem';
import type { Backoff } from './backoff.ts';
import { createCaller } from './call.ts';
import { type CredentialSource, createAuthorization } from './credential.ts';
import { createCatalogue } from './ports/catalogue.ts';
import { createEvents, createSubscriber, type Events } from './ports/events.ts';
import { createService, type Service } from './ports/service.ts';
import { createTasks } from './ports/tasks.ts';
import { createWorkspaces } from './ports/workspaces.ts';
import { type ReplyReader, trustingReader } from './replies.ts';
import { systemClock } from './system-clock.ts';
import type { Transport } from './transport.ts';
import { createWire } from './wire.ts';

/** How to reach a server. */
export interface ClientOptions {
  /** Where the server is, as `http://127.0.0.1:3001`; a path before `/api/v1` is kept. */
  readonly base: string;
  /** The API key; short for `credential: { apiKey }`. */
  readonly apiKey?: string | undefined;
  readonly credential?: CredentialSource | undefined;
  /** How long a call may take with all its repetitions, in milliseconds; 60 s when absent. */
  readonly requestTimeoutMs?: number | undefined;
  /** How often a request is sent at most where repeating it is safe; 5 when absent, 1 never repeats. */
  readonly attempts?: number | undefined;
  /** The waits between repetitions and reconnects; from 250 ms to 15 s when absent. */
  readonly backoff?: Backoff | undefined;
  /** After how long without a byte a stream is opened anew, in milliseconds; 45 s when absent. */
  readonly streamIdleMs?: number | undefined;
  /** Reads answers; trusts the server when absent. `contractReader` of the `./validation` door checks them. */
  readonly reader?: ReplyReader | undefined;
  /** Time; the system's when absent. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1) for jitter; `Math.random` when absent. */
  readonly random?: (() => number) | undefined;
}

/** One server, by the ports every UI programs against. */
export interface HarborClient {
  /** Where the server is. */
  readonly base: string;
  readonly tasks: TaskManager;
  readonly workspaces: Workspaces;
  readonly catalogue: Catalogue;
  readonly events: Events;
  readonly service: Service;
  /** Closes every connection. Calls and streams that are under way reject with `aborted`. */
  close(): Promise<void>;
}

export const createClient = (
  options: ClientOptions,
  createTransport: (origin: string) => Transport,
): HarborClient => {
  const url = parseBase(options.base);
  const prefix = url.pathname.replace(/\/+$/, '');
  const base = url.origin + prefix;
  const closing = new AbortController();
  const transport = createTransport(url.origin);
  const source = options.apiKey === undefined ? options.credential : { apiKey: options.apiKey };
  const wire = createWire({
    base,
    prefix,
    transport,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    closing: closing.signal,
    authorization: createAuthorization(source),
  });

  const timeoutMs = options.requestTimeoutMs ?? 60_000;
  const backoff = options.backoff ?? { baseMs: 250, maxMs: 15_000 };
  const reader = options.reader ?? trustingReader;
  const call = createCaller(wire, { timeoutMs, attempts: options.attempts ?? 5, backoff }, reader);
  const streamPolicy = { timeoutMs, idleMs: options.streamIdleMs ?? 45_000, backoff };
  const subscribe = createSubscriber(wire, streamPolicy, reader);

  return {
    base,
    tasks: createTasks(base, call, subscribe),
    workspaces: createWorkspaces(call),
    catalogue: createCatalogue(call),
    events: createEvents(call, subscribe),
    service: createService(call),
    async close() {
      closing.abort();
      await transport.close();
    },
  };
};

const parseBase = (base: string): URL => {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw fieldProblem('base', 'must be an http: or https: url');
  }
  // They would end up in logs and problems, which show where the server is.
  if (url.username !== '' || url.password !== '') throw fieldProblem('base', 'must not contain a credential');
  return url;
};
