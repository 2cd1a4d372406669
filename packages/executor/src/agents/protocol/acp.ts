import type { ContentBlock } from '@agent-harbor/api-contract/schemas';
import type { AgentExit } from '@agent-harbor/core';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle, lineBytes, reasonBytes } from '../../journal/cut.ts';
import { wait } from '../../process/wait.ts';
import { createWorkspaceText } from './acp-files.ts';
import { createMessageStream } from './acp-stream.ts';
import { createUpdateTranslator, type UpdateTranslator } from './acp-updates.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import type { AgentContext, StartAgent } from './protocol.ts';

/** An agent may be fetched over the network when it is first started. */
const handshakeMs = 120_000;
/** How long an agent may take to go when its turn is over, before it is asked by a signal and then killed. */
const farewellMs = 2_000;

/** Any program that speaks the Agent Client Protocol, version 1, on its standard streams. One prompt, one turn. */
export const startAcpAgent: StartAgent = (context) => {
  const conversation = new Conversation(context);
  return { exit: conversation.hold(), cancel: () => conversation.cancel() };
};

class Conversation {
  private readonly context: AgentContext;
  private readonly updates: UpdateTranslator;
  /** Tells the agent that its turn is not wanted any more; there while a turn runs. */
  private cancelTurn: (() => void) | undefined;

  constructor(context: AgentContext) {
    this.context = context;
    this.updates = createUpdateTranslator(context);
  }

  cancel(): boolean {
    this.cancelTurn?.();
    return this.cancelTurn !== undefined;
  }

  async hold(): Promise<AgentExit> {
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
    this.cancelTurn = undefined;
    this.updates.flush();
    if ('exit' in outcome) {
      return outcome.exit.kind === 'exited' && outcome.exit.code === 0 ? endedEarly(agent) : outcome.exit;
    }
    await this.dismiss(agent);
    this.updates.flush();
    return outcome;
  }

  /** From the greeting to the end of the turn. */
  private async converse(sdk: typeof Sdk, stream: Sdk.Stream): Promise<AgentExit> {
    const connection = this.clientOf(sdk).connect(stream);
    const peer = connection.agent;
    const { methods } = sdk;
    const { cwd, prompt } = this.context.program;
    const handshake = async () => {
      const { protocolVersion, agentCapabilities } = await peer.request(methods.agent.initialize, {
        protocolVersion: sdk.PROTOCOL_VERSION,
        clientCapabilities: { fs: { readTextFile: true, writeTextFile: true } },
        clientInfo: { name: 'agent-harbor', title: 'Agent Harbor', version: '0.1.0' },
      });
      if (protocolVersion !== sdk.PROTOCOL_VERSION) {
        throw new Error(
          `it speaks version ${protocolVersion} of the protocol, this host ${sdk.PROTOCOL_VERSION}`,
        );
      }
      refuseUnknownContent(prompt, agentCapabilities?.promptCapabilities ?? {});
      return peer.request(methods.agent.session.new, { cwd, mcpServers: [] });
    };
    try {
      const { sessionId } = await this.within(handshakeMs, handshake());
      this.cancelTurn = () => void peer.notify(methods.agent.session.cancel, { sessionId }).catch(() => {});
      const { stopReason } = await peer.request(methods.agent.session.prompt, {
        sessionId,
        prompt: prompt.map(wireBlock),
      });
      return { kind: 'turn-ended', stopReason };
    } catch (error) {
      // The connection closed, so the program is ending: its exit says more.
      if (connection.signal.aborted) return await never;
      return { kind: 'lost', reason: failure(sdk, error, this.cancelTurn !== undefined) };
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
    const files = createWorkspaceText(this.context.program.cwd);
    return sdk
      .client({ name: 'agent-harbor' })
      .onRequest(methods.client.session.requestPermission, ({ params }) => ({
        outcome: this.permit(params),
      }))
      .onRequest(methods.client.fs.readTextFile, async ({ params: { path, line, limit } }) => ({
        content: await files.read(path, line, limit),
      }))
      .onRequest(methods.client.fs.writeTextFile, async ({ params: { path, content } }) => {
        await files.write(path, content);
        return {};
      });
  }

  /** Nobody is there to be asked: what the agent wants is allowed, once if that is offered, and written down. */
  private permit({ options, toolCall }: Sdk.RequestPermissionRequest): Sdk.RequestPermissionOutcome {
    this.translate({ ...toolCall, sessionUpdate: 'tool_call_update' });
    const title = toolCall.title ?? toolCall.toolCallId;
    const allowed =
      options.find(({ kind }) => kind === 'allow_once') ??
      options.find(({ kind }) => kind === 'allow_always');
    if (allowed === undefined) {
      this.note('warn', `The agent asked for permission and offered no way to allow it: ${title}`);
      return { outcome: 'cancelled' };
    }
    this.note('info', `Allowed without asking (${allowed.name}): ${title}`);
    return { outcome: 'selected', optionId: allowed.optionId };
  }

  /** Whatever an agent sends, the conversation goes on. */
  private translate(update: unknown): void {
    try {
      this.updates.take(update);
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
  if (error instanceof sdk.RequestError && error.code === -32000) {
    return `The agent wants to be signed in: ${words}. Sign it in on this host, or pass its credentials.`;
  }
  return isInTurn ? `The agent gave up its turn: ${words}.` : cannotTalk(words);
};

const wordsOf = (error: unknown): string =>
  cutMiddle(error instanceof Error ? error.message : String(error), reasonBytes).text;

const cannotTalk = (why: string): string =>
  `The agent cannot be talked with: ${why}. Check that settings.command speaks the Agent Client Protocol.`;

const refuseUnknownContent = (
  prompt: readonly ContentBlock[],
  { image, audio, embeddedContext }: Sdk.PromptCapabilities,
): void => {
  const taken = { image, audio, resource: embeddedContext, text: true, resource_link: true };
  const foreign = prompt.find(({ type }) => taken[type] !== true);
  if (foreign !== undefined) throw new Error(`it does not take ${foreign.type} content; send text instead`);
};

/** Our content blocks are the protocol's; only a resource must be one of two kinds there. */
const wireBlock = (block: ContentBlock): Sdk.ContentBlock => {
  if (block.type !== 'resource') return block;
  const { text, blob, ...place } = block.resource;
  return { ...block, resource: blob === undefined ? { ...place, text: text ?? '' } : { ...place, blob } };
};
