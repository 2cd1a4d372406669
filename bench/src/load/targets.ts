import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Program, type ProgramOptions, startProgram } from '../process/program.ts';
import { programs } from '../process/programs.ts';
import type { Stage } from '../stage.ts';
import { ask, encodeRequest, type RequestBytes } from './requests.ts';
import { subscribe } from './subscriber.ts';

/** A server that is measured, and how it is asked for the same work as the others. */
export interface Target {
  readonly program: Program;
  readonly port: number;
  /** What every request carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** A new session with an empty log; gives what names it in the other methods. */
  session(): Promise<string>;
  /** Appends one event of 300 bytes to a session, answered when it is durable. */
  append(session: string): Buffer;
  /** Appends one event whose text is so long. */
  appendLong(session: string, length: number): Buffer;
  /** A burst of events for the readers of a session. */
  burst(session: string, count: number): Buffer;
  /** Fills the log of a session. */
  fill(session: string, count: number): Promise<void>;
  /** The stream of a session after an event of it; all of it by default. */
  stream(session: string, after?: number): RequestBytes;
  /** One request and its answer. */
  ask(request: RequestBytes): Promise<unknown>;
  close(): Promise<void>;
}

/** Encoded, and with the place that a log gives it, this event has about 300 bytes. */
const message = 'x'.repeat(165);
export const event = JSON.stringify({ type: 'log', level: 'info', message });
/** The same with its place, for servers whose log adds none. */
const placedEvent = JSON.stringify({
  type: 'log',
  seq: 100_000,
  ts: '2026-01-02T03:04:05.678Z',
  sessionId: '01HVZ6K9T1N8S6M3V3Q3F0X000',
  level: 'info',
  message,
});

const Announced = z.object({ port: z.number() });

const openPlain = async (
  stage: Stage,
  name: 'raw' | 'naive',
  burst: (session: string, count: number) => RequestBytes,
  options: Pick<ProgramOptions, 'everyCore'> = {},
): Promise<Target> => {
  const program = await startProgram({ argv: [programs[name], stage.folder(name)], node: [], ...options });
  const { port } = Announced.parse(program.said);
  let sessions = 0;
  return {
    program,
    port,
    headers: {},
    session: async () => String(++sessions),
    append: (session) => encodeRequest({ method: 'POST', path: `/append/${session}`, body: placedEvent }),
    appendLong: (session, length) => {
      const body = JSON.stringify({ type: 'log', level: 'info', message: 'x'.repeat(length) });
      return encodeRequest({ method: 'POST', path: `/append/${session}`, body });
    },
    burst: (session, count) => encodeRequest(burst(session, count)),
    async fill(session, count) {
      const body = JSON.stringify({ count, event: placedEvent });
      await ask(port, { method: 'POST', path: `/fill-events/${session}`, body });
    },
    stream: (session, after = 0) => ({ method: 'GET', path: `/events/${session}?after=${after}` }),
    ask: (request) => ask(port, request),
    close: () => program.stop(),
  };
};

/** With readers that are a cursor each: what a stalled one costs at least. */
export const openPulling = async (stage: Stage): Promise<Target> => {
  const target = await openRaw(stage);
  return { ...target, stream: (session) => ({ method: 'GET', path: `/pull/${session}` }) };
};

export const openRaw = (stage: Stage, options: Pick<ProgramOptions, 'everyCore'> = {}): Promise<Target> =>
  openPlain(
    stage,
    'raw',
    (_session, count) => ({ method: 'POST', path: `/emit/${count}`, body: placedEvent }),
    options,
  );

export const openNaive = (stage: Stage, options: Pick<ProgramOptions, 'everyCore'> = {}): Promise<Target> =>
  openPlain(
    stage,
    'naive',
    (session, count) => ({
      method: 'POST',
      path: count === 1 ? `/append/${session}` : `/burst/${session}/${count}`,
      body: placedEvent,
    }),
    options,
  );

const Ready = z.object({ url: z.string(), keyFile: z.string() });
const Launched = z.object({ id: z.string() });

/** Settings under which nothing but the work is measured: no request is refused for being one of many. */
const settings = {
  maxConcurrentTasks: 1,
  stopSessions: true,
  rateLimit: { requests: 1_000_000_000, windowSeconds: 60 },
  recorderCommand: [process.execPath, programs.recorder],
  forkServerCommand: [process.execPath, programs.forkServer],
  mockAgentCommand: [process.execPath, programs.mockAgent],
};

/** The server with one more route, which appends events. */
export const oursArgv = (stateDir: string, port: number): string[] => [
  programs.ours,
  JSON.stringify({ ...settings, stateDir, port }),
];

/** What a task is whose session lives as long as the server, and is silent. */
export const silentTask = JSON.stringify({
  prompt: 'Fix the login page',
  repo: { mode: 'none' },
  agents: [{ type: 'command', settings: { command: ['sleep', '3600'] } }],
});

/** The server with authentication, validation and every route, and the one more that appends. */
export const openOurs = async (stage: Stage, stateDir = stage.folder('ours')): Promise<Target> => {
  const program = await startProgram({
    argv: oursArgv(stateDir, 0),
    node: [],
  });
  const { url, keyFile } = Ready.parse(program.said);
  const port = Number(new URL(url).port);
  const headers = { Authorization: `ApiKey ${readFileSync(keyFile, 'utf8').trim()}` };
  const askOurs = (request: RequestBytes) =>
    ask(port, { ...request, headers: { ...headers, ...request.headers } });
  const launch = async () =>
    Launched.parse(await askOurs({ method: 'POST', path: '/api/v1/tasks', body: silentTask })).id;
  const appendTo = (session: string, count: number): RequestBytes => ({
    method: 'POST',
    path: `/test/sessions/${session}/events`,
    headers,
    body: `{"events":[${Array.from({ length: count }, () => event).join(',')}]}`,
  });
  // It runs and has the only place, so all others stay in the queue: live, and silent by themselves.
  const epoch = await epochOf(port, {
    method: 'GET',
    path: `/api/v1/sessions/${await launch()}/events`,
    headers: { ...headers, Accept: 'text/event-stream' },
  });
  return {
    program,
    port,
    headers,
    session: launch,
    append: (session) => encodeRequest(appendTo(session, 1)),
    appendLong: (session, length) => {
      const long = JSON.stringify({ type: 'log', level: 'info', message: 'x'.repeat(length) });
      return encodeRequest({ ...appendTo(session, 1), body: `{"events":[${long}]}` });
    },
    burst: (session, count) => encodeRequest(appendTo(session, count)),
    async fill(session, count) {
      for (let left = count; left > 0; left -= 1000) {
        await askOurs(appendTo(session, Math.min(1000, left)));
      }
    },
    stream: (session, after = 0) => ({
      method: 'GET',
      path: `/api/v1/sessions/${session}/events`,
      headers: {
        ...headers,
        Accept: 'text/event-stream',
        ...(after === 0 ? {} : { 'Last-Event-ID': `${epoch}-${after}` }),
      },
    }),
    ask: askOurs,
    close: () => program.stop(),
  };
};

/** What the ids of events begin with. */
const epochOf = async (port: number, request: RequestBytes): Promise<string> => {
  let text = '';
  const subscriber = await subscribe({
    port,
    request,
    onChunk: (chunk) => {
      text += chunk.toString('utf8');
    },
  });
  await subscriber.until(1);
  subscriber.close();
  const [, epoch] = /^id: ([0-9A-Za-z]+)-\d+$/m.exec(text) ?? [];
  if (epoch === undefined) throw new Error('A stream gave no event id.');
  return epoch;
};
