import { type Readable, Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';
import { type ClientOffer, MockSession } from './mock-session.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import type { MockSettings } from './settings.ts';

/** The process around the agent. */
export interface MockProcess {
  readonly input: Readable;
  readonly output: Writable;
  /** Where conversations are kept, for other processes of the agent. */
  readonly stateDirectory: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** One line for people, beside the protocol. */
  note(line: string): void;
  /** Ends the process, by a signal where there is one. */
  crash(code: number, signal?: string): Promise<never>;
  /** Lets the process be there until it is killed, whatever it is told. */
  hang(): Promise<never>;
}

/** Answers one client until it goes; then whatever still runs is ended. */
export const serveMockAgent = async (settings: MockSettings, io: MockProcess): Promise<void> => {
  const sessions = new Map<string, MockSession>();
  const turns = new Set<Promise<unknown>>();
  const store = openStore(io);
  let can: ClientOffer = { reads: false, writes: false, terminals: false };

  const sessionOf = (sessionId: string): MockSession => {
    const session = sessions.get(sessionId);
    if (session === undefined) throw acp.RequestError.sessionNotFound(sessionId);
    return session;
  };
  const setModel = (sessionId: string, model: unknown): MockSession => {
    const session = sessionOf(sessionId);
    session.set('model', String(model));
    return session;
  };

  const connection = acp
    .agent({ name: 'agent-harbor-mock' })
    .onRequest(acp.methods.agent.initialize, ({ params: { clientCapabilities: { fs, terminal } = {} } }) => {
      can = {
        reads: fs?.readTextFile === true,
        writes: fs?.writeTextFile === true,
        terminals: terminal === true,
      };
      const {
        image = true,
        audio = true,
        embeddedContext = true,
      } = settings.scenario?.acp?.capabilities?.promptCapabilities ?? {};
      return {
        protocolVersion: acp.PROTOCOL_VERSION,
        agentInfo: { name: 'agent-harbor-mock', title: 'Mock agent', version: '1.0.0' },
        agentCapabilities: {
          loadSession: canLoad(settings, store),
          promptCapabilities: { image, audio, embeddedContext },
          ...(store === undefined ? {} : { sessionCapabilities: { list: {} } }),
        },
        authMethods: [],
      };
    })
    .onRequest(acp.methods.agent.session.new, ({ params: { cwd }, client }) => {
      const sessionId = store?.create(cwd) ?? `mock-session-${sessions.size + 1}`;
      const session = new MockSession({ id: sessionId, cwd, settings, client, can, store, io });
      sessions.set(sessionId, session);
      return { sessionId, ...session.offer() };
    })
    .onRequest(acp.methods.agent.session.load, async ({ params: { sessionId, cwd }, client }) => {
      const { scenario } = settings;
      const isScripted = sessionId === scenarioSession(settings);
      if (!canLoad(settings, store) || sessions.has(sessionId))
        throw acp.RequestError.sessionNotFound(sessionId);
      // The session a scenario begins with is in no store: its history is the scenario's own.
      const parts = { id: sessionId, cwd, settings, client, can, io };
      const session = new MockSession({ ...parts, store: isScripted ? undefined : store });
      if (isScripted && scenario !== undefined) await session.playHistory(scenario);
      else if (store === undefined || !(await session.remember(store.read(sessionId)))) {
        throw acp.RequestError.sessionNotFound(sessionId);
      }
      sessions.set(sessionId, session);
      return session.offer();
    })
    .onRequest(acp.methods.agent.session.list, async ({ params: { cwd } }) => {
      const known: acp.SessionInfo[] = [];
      for (const sessionId of store?.ids() ?? []) {
        const info = await infoOf(sessionId, store);
        if (info !== undefined && (cwd == null || info.cwd === cwd)) known.push(info);
      }
      return { sessions: known };
    })
    .onRequest(acp.methods.agent.session.setMode, ({ params: { sessionId, modeId } }) => {
      sessionOf(sessionId).set('mode', modeId);
      return {};
    })
    .onRequest(acp.methods.agent.session.setConfigOption, ({ params: { sessionId, configId, value } }) => {
      if (configId !== 'model')
        throw acp.RequestError.invalidParams(undefined, 'there is only the option model');
      return { configOptions: setModel(sessionId, value).offer().configOptions ?? [] };
    })
    .onRequest(acp.methods.agent.session.prompt, async ({ params: { sessionId, prompt }, signal }) => {
      const played = sessionOf(sessionId).prompt(prompt, signal, connection.signal);
      turns.add(played);
      return played;
    })
    .onNotification(acp.methods.agent.session.cancel, ({ params }) => {
      sessions.get(params.sessionId)?.cancel();
    })
    .connect(acp.ndJsonStream(Writable.toWeb(io.output), bytesFrom(io.input)));

  await connection.closed;
  // Their signal has fired; what they started must be gone before the process is.
  await Promise.allSettled(turns);
  await Promise.all([...sessions.values()].map((session) => session.close()));
};

/** Undefined where there can be none: the agent then says that it loads no sessions. */
const openStore = (io: MockProcess): SessionStore | undefined => {
  try {
    return createSessionStore(io.stateDirectory, io.now);
  } catch (error) {
    io.note(`Sessions are not kept: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

/** Whether sessions can be loaded; a scenario may say that they cannot. */
const canLoad = ({ scenario }: MockSettings, store: SessionStore | undefined): boolean =>
  scenario?.acp?.capabilities?.loadSession ?? store !== undefined;

/** The id of the session that a scenario with a history is about. */
const scenarioSession = ({ scenario }: MockSettings): string | undefined =>
  scenario?.timeline.find(({ sessionStart }) => sessionStart !== undefined)?.sessionStart?.sessionId;

const infoOf = async (
  sessionId: string,
  store: SessionStore | undefined,
): Promise<acp.SessionInfo | undefined> => {
  let info: acp.SessionInfo | undefined;
  for await (const line of store?.read(sessionId) ?? []) {
    if ('begun' in line) info = { sessionId, cwd: line.begun.cwd, updatedAt: line.begun.at };
    else if (info !== undefined && 'prompt' in line) return { ...info, title: line.prompt.slice(0, 120) };
  }
  return info;
};

const bytesFrom = (input: Readable): ReadableStream<Uint8Array> => {
  const chunks = input[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
};
