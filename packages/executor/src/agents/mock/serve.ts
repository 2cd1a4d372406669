import { type Readable, Writable } from 'node:stream';
import { type End, stepsOf, type Turn, turnsOf } from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import { isLeave, permissionRequest } from './ask-leave.ts';
import { performSteps } from './perform-steps.ts';
import { createReport, type Report } from './report.ts';
import { runByClient } from './run-by-client.ts';
import type { MockSettings } from './settings.ts';
import type { CallMemory } from './toolbox.ts';

/** The process around the agent. */
export interface MockProcess {
  readonly input: Readable;
  readonly output: Writable;
  /** One line for people, beside the protocol. */
  note(line: string): void;
  /** Ends the process, by a signal where there is one. */
  crash(code: number, signal?: string): Promise<never>;
}

interface MockSession {
  readonly cwd: string;
  readonly memory: CallMemory;
  /** There while a prompt is answered. */
  turn?: AbortController;
  /** What is played, from the first prompt on; each prompt is answered by the next turn. */
  play?: { readonly name: string; readonly turns: readonly Turn[]; next: number; readonly report: Report };
}

/** Answers one client until it goes; then whatever still runs is ended. */
export const serveMockAgent = async (settings: MockSettings, io: MockProcess): Promise<void> => {
  const sessions = new Map<string, MockSession>();
  const turns = new Set<Promise<unknown>>();
  /** Whether the client runs programs for its agents. */
  let hasTerminals = false;

  const sessionOf = (sessionId: string): MockSession => {
    const session = sessions.get(sessionId);
    if (session === undefined) throw acp.RequestError.sessionNotFound(sessionId);
    return session;
  };

  const begin = (
    { sessionId, prompt }: acp.PromptRequest,
    { cwd }: MockSession,
    client: acp.AgentContext,
  ): NonNullable<MockSession['play']> => {
    const scenario = settings.scenarioFor(textOf(prompt));
    const report = createReport(sessionId, cwd, (update) =>
      client.notify(acp.methods.client.session.update, update),
    );
    return { name: scenario.name, turns: turnsOf(scenario), next: 0, report };
  };

  const play = async (
    request: acp.PromptRequest,
    session: MockSession,
    client: acp.AgentContext,
    signal: AbortSignal,
  ): Promise<acp.StopReason> => {
    session.play ??= begin(request, session, client);
    const { name, turns, report } = session.play;
    const turn = turns[session.play.next];
    session.play.next += 1;
    if (turn === undefined) {
      await report.say(`The scenario ${name} has no further turn: nothing was done about this prompt.`);
      return 'end_turn';
    }
    const { sessionId } = request;
    const { cwd, memory } = session;
    const end = await performSteps(stepsOf(turn, settings.speed), {
      cwd,
      memory,
      report,
      speed: settings.speed,
      note: io.note,
      signal,
      runByClient(argv, place, show) {
        // A program without arguments may be taken for a line for a shell.
        if (!hasTerminals || argv.length < 2) return undefined;
        return runByClient(client, sessionId, argv, place, signal, show);
      },
      ask: async (permission) =>
        isLeave(
          permission.request,
          await client.request(
            acp.methods.client.session.requestPermission,
            permissionRequest(sessionId, cwd, permission),
          ),
        ),
    });
    return end.kind === 'turn-ended' ? end.stopReason : leave(end);
  };

  const leave = async ({ code, message, silent, seenAs }: Extract<End, { kind: 'exited' }>) => {
    if (silent !== true && message !== '') io.note(message);
    await flushed(io.output);
    return io.crash(code, typeof seenAs === 'object' ? seenAs.signal : undefined);
  };

  const connection = acp
    .agent({ name: 'agent-harbor-mock' })
    .onRequest(acp.methods.agent.initialize, ({ params }) => {
      hasTerminals = params.clientCapabilities?.terminal === true;
      return {
        protocolVersion: acp.PROTOCOL_VERSION,
        agentInfo: { name: 'agent-harbor-mock', title: 'Mock agent', version: '1.0.0' },
        agentCapabilities: {
          loadSession: false,
          promptCapabilities: { image: true, audio: true, embeddedContext: true },
        },
        authMethods: [],
      };
    })
    .onRequest(acp.methods.agent.session.new, ({ params: { cwd } }) => {
      const sessionId = `mock-session-${sessions.size + 1}`;
      sessions.set(sessionId, { cwd, memory: { denied: new Set(), usedIds: new Set() } });
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
