import type { AgentExit } from '@agent-harbor/core';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle, reasonBytes } from '../../journal/cut.ts';
import { isRecord, isText } from '../../process/shape.ts';
import { wait } from '../../process/wait.ts';
import { createMessageStream } from './acp-stream.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import type { AgentContext } from './protocol.ts';

/** The agent's program from its start to its end, and the connection to it. A conversation may have several, one after another. */
export interface Life {
  readonly peer: Sdk.ClientContext;
  /** How it ended by itself, also when it cannot be heard any more. */
  readonly over: Promise<AgentExit>;
  /** Whether it is not to be talked with any more: it has ended, or is about to. */
  readonly isEnding: boolean;
  /** What it answers. Throws `AgentEnded` when it ends before; who answers and ends at once has answered. */
  during<Answer>(answer: Promise<Answer>): Promise<Answer>;
  /** The last it printed beside messages. */
  lastOutput(): string;
  /** Its work is done: it is asked to go, and then made to. Resolves when it is gone. */
  dismiss(): Promise<void>;
}

/** The agent has ended, although somebody waited for its words. */
export class AgentEnded extends Error {
  override readonly name = 'AgentEnded';
  readonly exit: AgentExit;

  constructor(exit: AgentExit) {
    super('The agent has ended.');
    this.exit = exit;
  }
}

/** How long an agent may take to go when its turn is over, before it is asked by a signal and then killed. */
const farewellMs = 2_000;

/** Starts the program, in the same step, and resolves when it is connected. Throws `AgentEnded` when it does not come to that. */
export const startLife = async (
  context: AgentContext,
  client: Promise<Sdk.ClientApp>,
  handlers: { update(update: unknown, sessionId: unknown): void; noise(line: string): void },
): Promise<Life> => {
  const started = Promise.withResolvers<Sdk.Stream>();
  const broken = Promise.withResolvers<AgentExit>();
  const agent = startAgentProcess(context, {
    stdin: 'pipe',
    stderr: 'info',
    stdout: (output, room) => {
      if (agent.stdin === null) return Promise.resolve();
      const { stream, done } = createMessageStream(agent.stdin, output, {
        ...handlers,
        broken: (error) => broken.resolve({ kind: 'lost', reason: cannotTalk(wordsOf(error)) }),
        room,
      });
      started.resolve(stream);
      // Output that ends is the program ending; if it does not, nothing will ever be heard from it again.
      void done
        .then(() => wait(context.agentTime, farewellMs))
        .then(() => broken.resolve({ kind: 'lost', reason: cannotTalk('it closed its output') }));
      return done;
    },
  });
  const begun = await Promise.race([started.promise, agent.exit.then((exit) => new AgentEnded(exit))]);
  if (begun instanceof AgentEnded) throw begun;

  const { agent: peer, signal } = (await client).connect(begun);
  const over = Promise.race([agent.exit, broken.promise]);
  const exited = { is: false };
  void over.then(() => {
    exited.is = true;
  });
  return {
    peer,
    over,
    get isEnding() {
      return exited.is || signal.aborted;
    },
    during(answer) {
      const failed = answer.catch((error: unknown) => {
        // The connection closed, so the program is ending: its exit says more.
        if (signal.aborted) return never;
        throw error;
      });
      const ended = over.then(nextTurnOfLoop).then(async () => {
        throw new AgentEnded(await over);
      });
      ended.catch(() => {});
      return Promise.race([failed, ended]);
    },
    lastOutput: () => agent.lastOutput(),
    dismiss: () => dismiss(agent, context),
  };
};

const dismiss = async (
  agent: AgentProcess,
  { agentTime, tree }: Pick<AgentContext, 'agentTime' | 'tree'>,
): Promise<void> => {
  const gone = agent.exit.then(() => true);
  const goneWithin = (ms: number) => Promise.race([gone, wait(agentTime, ms).then(() => false)]);
  agent.stdin?.end();
  if (await goneWithin(farewellMs)) return;
  tree.signal('SIGTERM');
  if (await goneWithin(farewellMs)) return;
  await tree.kill();
  await gone;
};

const never = new Promise<never>(() => {});

const nextTurnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The words of an error, and what an agent says of it besides, cut to what a reason may be. */
export const wordsOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const data = error instanceof Error && 'data' in error ? error.data : undefined;
  const details = isRecord(data) && isText(data.details) ? `: ${data.details}` : '';
  return cutMiddle(`${message}${details}`.toWellFormed(), reasonBytes).text;
};

/** Why a session ends whose agent is not understood. */
export const cannotTalk = (why: string): string =>
  `The agent cannot be talked with: ${why}. Check that settings.command speaks the Agent Client Protocol.`;
