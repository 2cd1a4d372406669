import type { ContentBlock, EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit } from '@agent-harbor/core';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle, lineBytes } from '../../journal/cut.ts';
import { isRecord } from '../../process/shape.ts';
import { wait } from '../../process/wait.ts';
import { clientOf, type Permit } from './acp-client.ts';
import { ChoiceRefused, type Greeted, greet } from './acp-greeting.ts';
import { AgentEnded, cannotTalk, type Life, startLife, wordsOf } from './acp-life.ts';
import { choose, modelsEvent, noOffer, type Offer, offerAfter, readOffer } from './acp-offer.ts';
import { readWish } from './acp-permission.ts';
import { createTerminals, type Terminals } from './acp-terminals.ts';
import { Turns } from './acp-turns.ts';
import { createUpdateTranslator, type UpdateTranslator } from './acp-updates.ts';
import { createUsageReader } from './acp-usage.ts';
import type { AgentContext, StartAgent } from './protocol.ts';

/** An agent may be fetched over the network when it is first started. */
const handshakeMs = 120_000;
/** Who was asked for an old session may still be telling it when it has answered: this long a silence ends it. */
const silenceMs = 500;
/** The longest id of a session of its own that is recorded. */
const idLength = 255;

/** Any program that speaks the Agent Client Protocol, version 1, on its standard streams. A prompt is a turn. */
export const startAcpAgent: StartAgent = (context) => {
  const conversation = new Conversation(context);
  return { exit: conversation.hold(), cancel: () => conversation.cancel() };
};

/** A program that runs, and how it was greeted. */
interface Begun {
  readonly life: Life;
  readonly greeted: Greeted;
}

class Conversation {
  private readonly context: AgentContext;
  private readonly terminals: Terminals;
  private readonly usage = createUsageReader(() => this.offer.models?.current);
  private readonly sdk = import('@agentclientprotocol/sdk');
  private readonly client: Promise<Sdk.ClientApp>;
  private updates: UpdateTranslator;
  /** The program that runs, or ran last. */
  private life: Life | undefined;
  /** What the agent calls the session, once it was greeted. */
  private sessionId: string | undefined;
  /** The turns of the agent, once it was greeted. */
  private turns: Turns | undefined;
  /** What the agent can be set to, as it said last. */
  private offer: Offer = noOffer;
  /** What it takes in prompts beside text. */
  private kinds: readonly string[] = [];
  /** Whether it is being asked to take up a conversation, and how often it told something of it. */
  private repeating: { told: number } | undefined;

  constructor(context: AgentContext) {
    this.context = context;
    this.terminals = createTerminals(context);
    this.updates = createUpdateTranslator(context, this.usage, this.terminals);
    const permit: Permit = (request, signal) => this.permit(request, signal);
    this.client = this.sdk.then((sdk) => clientOf(sdk, context.program.cwd, this.terminals, permit));
  }

  cancel(): boolean {
    this.context.approvals.close();
    this.turns?.cancel();
    return this.turns !== undefined;
  }

  async hold(): Promise<AgentExit> {
    const exit = await this.converse();
    this.turns = undefined;
    this.context.prompts.close();
    this.updates.flush();
    await this.life?.dismiss();
    this.updates.flush();
    this.terminals.flush();
    return exit;
  }

  /** From the start of the program to the end of the last turn. */
  private async converse(): Promise<AgentExit> {
    try {
      let now = await this.begin();
      const living = async () => {
        if (now.life.isEnding) now = await this.beginAgain(now);
        return now;
      };
      this.turns = new Turns(this.context, {
        ask: async (blocks) => this.ask(await living(), blocks),
        use: async (model) => this.use(await living(), model),
        cancel: () => this.callOff(now),
        left: (waiting) => this.left(now, waiting),
      });
      return { kind: 'turn-ended', stopReason: await this.turns.take(this.context.program.prompt) };
    } catch (error) {
      if (error instanceof AgentEnded) return this.exitOf(error);
      const what = this.repeating === undefined ? (this.turns === undefined ? 'greeting' : 'turn') : 'return';
      return { kind: 'lost', reason: failure(await this.sdk, error, what) };
    }
  }

  /** Starts the program, in the same step, and greets it; where there was a conversation, it takes it up. */
  private async begin(past?: Greeted): Promise<Begun> {
    const { program, prompts } = this.context;
    const life = await startLife(this.context, this.client, {
      update: (update, sessionId) => this.hear(update, sessionId),
      noise: (line) => this.note('debug', `The agent printed: ${line}`),
    });
    this.life = life;
    const greeting = greet(await this.sdk, life.peer, program, past && { ...past, offer: this.offer });
    const greeted = await life.during(this.within(handshakeMs, greeting));
    if (past !== undefined) await life.during(this.silence());
    this.repeating = undefined;
    this.sessionId = greeted.sessionId;
    this.kinds = greeted.understood.kinds;
    this.offered(greeted.offer);
    prompts.admit(greeted.understood.check);
    const session = sessionEvent(greeted, past !== undefined);
    if (session !== undefined) this.context.report(session);
    return { life, greeted };
  }

  /** A program that ended between two turns is started again, if it can go on where it was. */
  private async beginAgain({ life, greeted }: Begun): Promise<Begun> {
    const exit = await life.over;
    if (!canReturn(greeted, exit)) throw new AgentEnded(exit);
    if (!(await this.context.mayStart())) throw new AgentEnded({ kind: 'ended-by-us' });
    // Nothing is awaited from here to its start: it could be a pause.
    this.repeating = { told: 0 };
    this.updates = createUpdateTranslator(this.context, this.usage, this.terminals);
    this.usage.startAgain();
    return this.begin(greeted);
  }

  private async ask({ life, greeted }: Begun, blocks: readonly ContentBlock[]): Promise<Sdk.StopReason> {
    // It may have been called off while the program was started again.
    if (this.turns?.isCancelled === true) return 'cancelled';
    const { sessionId, understood } = greeted;
    const prompt = blocks.map(understood.wireBlock);
    const answer = await life.during(life.peer.request('session/prompt', { sessionId, prompt }));
    this.updates.flush();
    this.terminals.flush();
    const spent = this.usage.turn(answer);
    if (spent !== undefined) this.context.report(spent);
    return answer.stopReason;
  }

  private async use({ life, greeted }: Begun, model: string): Promise<void> {
    const choosing = choose(life.peer, greeted.sessionId, this.offer, 'models', model);
    const chosen = await life.during(choosing).catch((error: unknown) => {
      if (error instanceof AgentEnded) throw error;
      this.note('warn', `The agent keeps its model: ${wordsOf(error)}.`);
    });
    if (chosen !== undefined) this.offered(chosen);
  }

  private callOff({ life, greeted: { sessionId } }: Begun): void {
    void life.peer.notify('session/cancel', { sessionId }).catch(() => {});
  }

  /** The agent ended although it has nothing to do: who leaves by itself has left, who broke down may come back. */
  private async left({ life, greeted }: Begun, waiting: AbortSignal): Promise<void> {
    const exit = await life.over;
    if (waiting.aborted) return never;
    if (exit.kind === 'exited' && exit.code === 0) return;
    if (!canReturn(greeted, exit)) throw new AgentEnded(exit);
    this.note(
      'warn',
      `The agent ended while it had nothing to do: ${exit.kind === 'signalled' ? exit.signal : `code ${exit.kind === 'exited' ? exit.code : 0}`}. It is started again for the next prompt, and takes up its conversation.`,
    );
    return never;
  }

  /** Resolves when nothing was told for a while. */
  private async silence(): Promise<void> {
    for (let before = -1; this.repeating !== undefined && before !== this.repeating.told; ) {
      before = this.repeating.told;
      await wait(this.context.agentTime, silenceMs);
    }
  }

  private exitOf({ exit }: AgentEnded): AgentExit {
    if (exit.kind !== 'exited' || exit.code !== 0) return exit;
    const output = this.life?.lastOutput().trim() ?? '';
    const words = output === '' ? '' : ` Its last output: ${output}`;
    return { kind: 'lost', reason: `The agent exited before its turn was over.${words}` };
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
    this.context.report(modelsEvent(offer.models, this.kinds));
  }

  /** What is said in a session that is not this one is no part of it. */
  private hear(update: unknown, sessionId: unknown): void {
    if (this.sessionId === undefined || sessionId === this.sessionId) this.translate(update);
    else {
      const text = JSON.stringify({ sessionId, update });
      this.note('debug', `The agent speaks in a session that is not this one: ${text}`);
    }
  }

  /** Whatever an agent sends, the conversation goes on. */
  private translate(update: unknown): void {
    if (this.repeating !== undefined) {
      // All of it was recorded when it was told for the first time.
      this.repeating.told += 1;
      return;
    }
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
}

const never = new Promise<never>(() => {});

/** Whether an agent that ended like this can go on where it was. */
const canReturn = ({ can }: Greeted, exit: AgentExit): boolean =>
  exit.kind !== 'lost' && (can.includes('load') || can.includes('resume'));

/** Where an agent can do something with its sessions, which of them this is. */
const sessionEvent = ({ sessionId, can }: Greeted, isContinued: boolean): EventBody | undefined => {
  if (can.length === 0 || sessionId === '' || sessionId.length > idLength || !sessionId.isWellFormed())
    return;
  const continued = isContinued ? { continued: true } : {};
  return { type: 'agent_session', agent_session_id: sessionId, can: [...can], ...continued };
};

const failure = (sdk: typeof Sdk, error: unknown, what: 'greeting' | 'turn' | 'return'): string => {
  const words = wordsOf(error);
  if (error instanceof ChoiceRefused) return `${words}.`;
  if (error instanceof sdk.RequestError && error.code === -32000) {
    return `The agent wants to be signed in: ${words}. Sign it in on this host, and let the server pass that on: --agent-credentials <type>, or --agent-lends.`;
  }
  if (what === 'return')
    return `The agent was started again and could not take up its conversation: ${words}.`;
  return what === 'turn' ? `The agent gave up its turn: ${words}.` : cannotTalk(words);
};
