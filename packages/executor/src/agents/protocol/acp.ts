import type { AgentExit } from '@agent-harbor/core';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle, lineBytes, reasonBytes } from '../../journal/cut.ts';
import { isRecord } from '../../process/shape.ts';
import { wait } from '../../process/wait.ts';
import { createWorkspaceText } from './acp-files.ts';
import { ChoiceRefused, greet } from './acp-greeting.ts';
import { choose, modelsEvent, type Offer, offerAfter, readOffer } from './acp-offer.ts';
import { readWish } from './acp-permission.ts';
import { createMessageStream } from './acp-stream.ts';
import { createTerminals, type Terminals } from './acp-terminals.ts';
import { Turns } from './acp-turns.ts';
import { createUpdateTranslator, type UpdateTranslator } from './acp-updates.ts';
import { createUsageReader } from './acp-usage.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import type { AgentContext, StartAgent } from './protocol.ts';

/** An agent may be fetched over the network when it is first started. */
const handshakeMs = 120_000;
/** How long an agent may take to go when its turn is over, before it is asked by a signal and then killed. */
const farewellMs = 2_000;

/** Any program that speaks the Agent Client Protocol, version 1, on its standard streams. A prompt is a turn. */
export const startAcpAgent: StartAgent = (context) => {
  const conversation = new Conversation(context);
  return { exit: conversation.hold(), cancel: () => conversation.cancel() };
};

class Conversation {
  private readonly context: AgentContext;
  private readonly terminals: Terminals;
  private readonly updates: UpdateTranslator;
  private readonly usage = createUsageReader(() => this.offer.models?.current);
  /** The turns of the agent, once it was greeted. */
  private turns: Turns | undefined;
  /** What the agent can be set to, as it said last. */
  private offer: Offer = { models: undefined, modes: undefined };
  /** What it takes in prompts beside text. */
  private capabilities: readonly string[] = [];

  constructor(context: AgentContext) {
    this.context = context;
    this.terminals = createTerminals(context);
    this.updates = createUpdateTranslator(context, this.usage, this.terminals);
  }

  cancel(): boolean {
    this.context.approvals.close();
    this.turns?.cancel();
    return this.turns !== undefined;
  }

  async hold(): Promise<AgentExit> {
    const { prompts } = this.context;
    const loading = import('@agentclientprotocol/sdk');
    const started = Promise.withResolvers<Sdk.Stream>();
    const broken = Promise.withResolvers<AgentExit>();
    const agent = startAgentProcess(this.context, {
      stdin: 'pipe',
      stderr: 'info',
      stdout: (output, room) => {
        if (agent.stdin === null) return Promise.resolve();
        const { stream, done } = createMessageStream(agent.stdin, output, {
          update: (update) => this.translate(update),
          noise: (line) => this.note('debug', `The agent printed: ${line}`),
          broken: (error) => broken.resolve({ kind: 'lost', reason: cannotTalk(wordsOf(error)) }),
          room,
        });
        started.resolve(stream);
        // Output that ends is the program ending; if it does not, nothing will ever be heard from it again.
        void done
          .then(() => wait(this.context.agentTime, farewellMs))
          .then(() => broken.resolve({ kind: 'lost', reason: cannotTalk('it closed its output') }));
        return done;
      },
    });
    const ended = agent.exit.then((exit) => ({ exit }));
    const begun = await Promise.race([started.promise.then((stream) => ({ stream })), ended]);
    if ('exit' in begun) return begun.exit;

    const turn = this.converse(await loading, begun.stream);
    // An agent may answer and exit at once: the answer counts, although the exit may be met first.
    const outcome = await Promise.race([
      turn,
      broken.promise,
      ended.then(nextTurnOfLoop).then(() => Promise.race([turn, ended])),
    ]);
    const stopReason = this.turns?.idleAfter;
    this.turns = undefined;
    prompts.close();
    this.updates.flush();
    if ('exit' in outcome) {
      if (outcome.exit.kind !== 'exited' || outcome.exit.code !== 0) return outcome.exit;
      // Who has nothing to do may go.
      const isDone = stopReason !== undefined && prompts.isEmpty;
      return isDone ? { kind: 'turn-ended', stopReason } : endedEarly(agent);
    }
    await this.dismiss(agent);
    this.updates.flush();
    this.terminals.flush();
    return outcome;
  }

  /** From the greeting to the end of the last turn. */
  private async converse(sdk: typeof Sdk, stream: Sdk.Stream): Promise<AgentExit> {
    const connection = this.clientOf(sdk).connect(stream);
    const peer = connection.agent;
    const { methods } = sdk;
    const { program } = this.context;
    try {
      const { sessionId, understood, offer } = await this.within(handshakeMs, greet(sdk, peer, program));
      this.capabilities = understood.kinds;
      this.offered(offer);
      this.context.prompts.admit(understood.check);
      this.turns = new Turns(this.context, {
        ask: async (blocks) => {
          const prompt = blocks.map(understood.wireBlock);
          const answer = await peer.request(methods.agent.session.prompt, { sessionId, prompt });
          this.updates.flush();
          this.terminals.flush();
          const spent = this.usage.turn(answer);
          if (spent !== undefined) this.context.report(spent);
          return answer.stopReason;
        },
        use: async (model) => {
          const chosen = await choose(peer, sessionId, this.offer, 'models', model).catch(
            (error: unknown) => {
              this.note('warn', `The agent keeps its model: ${wordsOf(error)}.`);
            },
          );
          if (chosen !== undefined) this.offered(chosen);
        },
        cancel: () => void peer.notify(methods.agent.session.cancel, { sessionId }).catch(() => {}),
      });
      return { kind: 'turn-ended', stopReason: await this.turns.take(program.prompt) };
    } catch (error) {
      // The connection closed, so the program is ending: its exit says more.
      if (connection.signal.aborted) return await never;
      return { kind: 'lost', reason: failure(sdk, error, this.turns !== undefined) };
    }
  }

  private async within<Result>(ms: number, answer: Promise<Result>): Promise<Result> {
    const answered = new AbortController();
    const late = wait(this.context.agentTime, ms, answered.signal).then(() => {
      throw new Error(`it did not answer within ${ms / 1000} s`);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      late.catch(() => {});
      answered.abort();
    }
  }

  /** What the agent may ask of us. */
  private clientOf(sdk: typeof Sdk): Sdk.ClientApp {
    const { methods } = sdk;
    const { terminals } = this;
    const files = createWorkspaceText(this.context.program.cwd);
    return sdk
      .client({ name: 'agent-harbor' })
      .onRequest(methods.client.session.requestPermission, async ({ params, signal }) => ({
        outcome: await this.permit(params, signal),
      }))
      .onRequest(methods.client.fs.readTextFile, async ({ params: { path, line, limit } }) => ({
        content: await files.read(path, line, limit),
      }))
      .onRequest(methods.client.fs.writeTextFile, async ({ params: { path, content } }) => {
        await files.write(path, content);
        return {};
      })
      .onRequest(methods.client.terminal.create, ({ params }) => terminals.create(params))
      .onRequest(methods.client.terminal.output, ({ params }) => terminals.output(params.terminalId))
      .onRequest(methods.client.terminal.waitForExit, ({ params }) =>
        terminals.waitForExit(params.terminalId),
      )
      .onRequest(methods.client.terminal.kill, ({ params }) => {
        terminals.kill(params.terminalId);
        return {};
      })
      .onRequest(methods.client.terminal.release, ({ params }) => {
        terminals.release(params.terminalId);
        return {};
      });
  }

  /** What an option means from now on, such as always, is for the agent to remember: the protocol has it so. */
  private async permit(
    { options, toolCall }: Sdk.RequestPermissionRequest,
    signal: AbortSignal,
  ): Promise<Sdk.RequestPermissionOutcome> {
    this.translate({ ...toolCall, sessionUpdate: 'tool_call_update' });
    const { approvals, program } = this.context;
    const wish = await readWish(this.updates.toolCall(toolCall.toolCallId), options, program.cwd);
    const optionId = await approvals.ask(wish, signal);
    return optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId };
  }

  /** Remembers what the agent can be set to, and tells its models where that is something new. */
  private offered(offer: Offer): void {
    const told = JSON.stringify(this.offer.models);
    this.offer = offer;
    if (offer.models === undefined || JSON.stringify(offer.models) === told) return;
    this.context.report(modelsEvent(offer.models, this.capabilities));
  }

  /** Whatever an agent sends, the conversation goes on. */
  private translate(update: unknown): void {
    try {
      const kind = isRecord(update) ? update.sessionUpdate : undefined;
      // Before it was greeted nothing is known of it that could have changed.
      if (kind === 'config_option_update' && this.turns !== undefined)
        this.offered(offerAfter(this.offer, readOffer(update)));
      else this.updates.take(update);
    } catch (error) {
      this.note('warn', `An update of the agent could not be recorded: ${String(error)}`);
    }
  }

  private note(level: 'debug' | 'info' | 'warn', message: string): void {
    this.context.report({ type: 'log', level, message: cutMiddle(message.toWellFormed(), lineBytes).text });
  }

  /** The turn is over, and with it the agent's work. */
  private async dismiss(agent: AgentProcess): Promise<void> {
    const { agentTime, tree } = this.context;
    const gone = agent.exit.then(() => true);
    const goneWithin = (ms: number) => Promise.race([gone, wait(agentTime, ms).then(() => false)]);
    agent.stdin?.end();
    if (await goneWithin(farewellMs)) return;
    tree.signal('SIGTERM');
    if (await goneWithin(farewellMs)) return;
    await tree.kill();
    await gone;
  }
}

const never = new Promise<never>(() => {});

const nextTurnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const endedEarly = (agent: AgentProcess): AgentExit => {
  const output = agent.lastOutput().trim();
  const words = output === '' ? '' : ` Its last output: ${output}`;
  return { kind: 'lost', reason: `The agent exited before its turn was over.${words}` };
};

const failure = (sdk: typeof Sdk, error: unknown, isInTurn: boolean): string => {
  const words = wordsOf(error);
  if (error instanceof ChoiceRefused) return `${words}.`;
  if (error instanceof sdk.RequestError && error.code === -32000) {
    return `The agent wants to be signed in: ${words}. Sign it in on this host, or pass its credentials.`;
  }
  return isInTurn ? `The agent gave up its turn: ${words}.` : cannotTalk(words);
};

const wordsOf = (error: unknown): string =>
  cutMiddle(error instanceof Error ? error.message : String(error), reasonBytes).text;

const cannotTalk = (why: string): string =>
  `The agent cannot be talked with: ${why}. Check that settings.command speaks the Agent Client Protocol.`;
