import {
  type Clock,
  createHarbor,
  createSeededIds,
  type Harbor,
  type Log,
  wholeHost,
} from '@agent-harbor/core';
import { createMemoryStore } from '@agent-harbor/core/memory';
import { type Api, type ApiOptions, createApi } from '../api.ts';
import { type ListenOptions, listen } from '../express/listen.ts';
import { createKeyCredentials, digestKey, type Role } from '../http/access/credentials.ts';
import { createScriptedAgents, type ScriptedAgents } from './scripted-agents.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** The key of a role in tests. */
export const keyOf = (role: Role): string => `test-key-of-the-${role}`;

export interface TestApi {
  readonly api: Api;
  readonly harbor: Harbor;
  readonly agents: ScriptedAgents;
  /** What was logged: level, message, fields. */
  readonly logged: [string, string, Readonly<Record<string, unknown>>][];
}

/** The API over a memory store and scripted agents. */
export const createTestApi = async (options: Partial<ApiOptions> = {}): Promise<TestApi> => {
  const clock = options.clock ?? systemClock;
  const ids = createSeededIds('test');
  const agents = createScriptedAgents(clock.now);
  const store = createMemoryStore({ epoch: 'test' });
  const harbor = createHarbor({ store, executor: agents, clock, ids, maxConcurrentTasks: 1000 });
  const logged: TestApi['logged'] = [];
  const logAs =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      logged.push([level, message, fields]);
    };
  const log: Log = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') };
  const roles: Role[] = ['viewer', 'operator', 'admin'];
  const keys = await Promise.all(
    roles.map(async (role) => ({
      digest: await digestKey(keyOf(role)),
      caller: { id: role, role, scope: wholeHost },
    })),
  );
  const api = createApi({
    harbor,
    clock,
    ids,
    credentials: createKeyCredentials(keys),
    version: { name: 'agent-harbor', version: '0.0.0', apiVersion: 'v1' },
    openapi: () => ({ openapi: '3.1.0', paths: {} }),
    checksReplies: true,
    log,
    ...options,
  });
  return { api, harbor, agents, logged };
};

export interface Served extends TestApi {
  readonly url: string;
  readonly port: number;
  /** Calls with the operator's key unless told otherwise; strings are paths. */
  call(path: string, init?: RequestInit & { readonly key?: string | null }): Promise<Response>;
  /** Launches a task with one scripted agent; the session's id. */
  launch(prompt?: string): Promise<string>;
  close(): Promise<void>;
}

/** The API on a free port. */
export const serve = async (
  options: Partial<ApiOptions> & Partial<Pick<ListenOptions, 'trustedProxies'>> = {},
): Promise<Served> => {
  const test = await createTestApi(options);
  const server = await listen(test.api, {
    host: '127.0.0.1',
    port: 0,
    trustedProxies: options.trustedProxies,
  });
  const call: Served['call'] = (path, { key = keyOf('operator'), headers, ...init } = {}) =>
    fetch(server.url + path, {
      ...init,
      headers: { ...(key === null ? {} : { authorization: `ApiKey ${key}` }), ...Object(headers) },
    });
  return {
    ...test,
    url: server.url,
    port: server.port,
    call,
    async launch(prompt = 'do it') {
      const { session_ids } = await test.harbor.tasks.launch({
        prompt,
        repo: { mode: 'none' },
        agents: [{ type: 'mock' }],
      });
      return session_ids[0] ?? '';
    },
    async close() {
      await server.close({ graceMs: 200 });
      await test.harbor.close();
    },
  };
};
