import { type Readable, Writable } from 'node:stream';
import { createPlayer } from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import { performSteps } from './perform-steps.ts';
import { createReport } from './report.ts';
import type { MockSettings } from './settings.ts';

/** The process around the agent. */
export interface MockProcess {
  readonly input: Readable;
  readonly output: Writable;
  /** One line for people, beside the protocol. */
  note(line: string): void;
  /** Ends the process. */
  crash(code: number): never;
}

interface MockSession {
  readonly cwd: string;
  /** There while a prompt is answered. */
  turn?: AbortController;
  /** A scenario is played once: later prompts find nothing left to do. */
  isPlayed: boolean;
}

/** Answers one client until it goes; then whatever still runs is ended. */
export const serveMockAgent = async (settings: MockSettings, io: MockProcess): Promise<void> => {
  const sessions = new Map<string, MockSession>();
  const turns = new Set<Promise<unknown>>();

  const sessionOf = (sessionId: string): MockSession => {
    const session = sessions.get(sessionId);
    if (session === undefined) throw acp.RequestError.sessionNotFound(sessionId);
    return session;
  };

  const play = async (
    { sessionId, prompt }: acp.PromptRequest,
    session: MockSession,
    client: acp.AgentContext,
    signal: AbortSignal,
  ): Promise<acp.StopReason> => {
    const report = createReport(sessionId, session.cwd, (update) =>
      client.notify(acp.methods.client.session.update, update),
    );
    if (session.isPlayed) {
      await report.say('The scenario has been played; there is nothing left to do.');
      return 'end_turn';
    }
    session.isPlayed = true;
    const scenario = settings.scenarioFor(textOf(prompt));
    const stage = { cwd: session.cwd, report, note: io.note, signal };
    const end = await performSteps(createPlayer(scenario, settings.speed), stage);
    if (end.kind === 'turn-ended') return end.stopReason;
    io.note(end.message);
    await flushed(io.output);
    return io.crash(end.code);
  };

  const connection = acp
    .agent({ name: 'agent-harbor-mock' })
    .onRequest(acp.methods.agent.initialize, () => ({
      protocolVersion: acp.PROTOCOL_VERSION,
      agentInfo: { name: 'agent-harbor-mock', title: 'Mock agent', version: '1.0.0' },
      agentCapabilities: {
        loadSession: false,
        promptCapabilities: { image: true, audio: true, embeddedContext: true },
      },
      authMethods: [],
    }))
    .onRequest(acp.methods.agent.session.new, ({ params: { cwd } }) => {
      const sessionId = `mock-session-${sessions.size + 1}`;
      sessions.set(sessionId, { cwd, isPlayed: false });
      return { sessionId };
    })
    .onRequest(acp.methods.agent.session.prompt, async ({ params, client, signal }) => {
      const session = sessionOf(params.sessionId);
      if (session.turn !== undefined) {
        throw acp.RequestError.invalidRequest(undefined, 'the session answers another prompt');
      }
      const turn = new AbortController();
      session.turn = turn;
      try {
        const stopped = AbortSignal.any([turn.signal, signal, connection.signal]);
        const played = play(params, session, client, stopped);
        turns.add(played);
        return { stopReason: await played };
      } finally {
        delete session.turn;
      }
    })
    .onNotification(acp.methods.agent.session.cancel, ({ params }) => {
      sessions.get(params.sessionId)?.turn?.abort();
    })
    .connect(acp.ndJsonStream(Writable.toWeb(io.output), bytesFrom(io.input)));

  await connection.closed;
  // Their signal has fired; what they started must be gone before the process is.
  await Promise.allSettled(turns);
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

const textOf = (prompt: readonly acp.ContentBlock[]): string =>
  prompt.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');

/** Resolves when everything written so far has left the process. */
const flushed = (output: Writable): Promise<void> =>
  new Promise((resolve) => {
    output.write('', () => resolve());
  });
