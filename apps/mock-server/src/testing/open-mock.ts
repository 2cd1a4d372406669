import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MockServerSettings } from '../config.ts';
import { type RunningMockServer, startMockServer } from '../start.ts';

export const temporary = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'ah-mock-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

export interface OpenMock {
  readonly server: RunningMockServer;
  /** A request with the key of the host; a body that is no text is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same, and the body of its answer as JSON. */
  json(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** Launches a session of a scenario; its id. */
  launch(scenario: string | object, members?: object): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not there
export type Json = any;

/** A mock on a free port whose clock stands still, for one test. */
export const openMock = async (settings: Partial<MockServerSettings> = {}): Promise<OpenMock> => {
  const stateDir = await temporary();
  const server = await startMockServer({
    port: 0,
    stateDir,
    freezeAt: '2026-01-02T03:04:05.678Z',
    ...settings,
  });
  onTestFinished(() => server.close());
  const key = (await readFile(server.keyFile, 'utf8')).trim();
  const call: OpenMock['call'] = (method, path, body, headers = {}) =>
    fetch(server.url + path, {
      method,
      headers: {
        authorization: `ApiKey ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const json: OpenMock['json'] = async (...request) => {
    const answer = await call(...request);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    server,
    call,
    json,
    async launch(scenario, members = {}) {
      const repo = { mode: 'git', url: 'https://example.test/demo.git' };
      const agent = { type: 'mock', settings: { scenario } };
      const launched = await json('POST', '/api/v1/tasks', { prompt: 'Do it', repo, agent, ...members });
      return launched.body.id;
    },
  };
};
