import type { ContentBlock } from '@agent-harbor/api-contract/schemas';
import type * as Sdk from '@agentclientprotocol/sdk';
import { wait } from '../../process/wait.ts';
import type { AgentContext } from './protocol.ts';

/** How an agent that was greeted is talked with. */
export interface Talk {
  /** One turn: from a prompt to why the agent stopped. */
  ask(blocks: readonly ContentBlock[]): Promise<Sdk.StopReason>;
  /** Lets it use another model. */
  use(model: string): Promise<void>;
  /** Tells the agent that its turn is not wanted any more. */
  cancel(): void;
  /**
   * Resolves when the agent left for good while it had nothing to do, and rejects with how it came to that; never when it
   * could be started again for another turn, or nobody waits for it any more.
   */
  left(waiting: AbortSignal): Promise<void>;
}

/** The turns of one conversation, one after another: each prompt that was taken gets one, in the order they came. */
export class Turns {
  private readonly context: AgentContext;
  private readonly talk: Talk;
  private readonly cancelling = new AbortController();
  private last: Sdk.StopReason | undefined;

  constructor(context: AgentContext, talk: Talk) {
    this.context = context;
    this.talk = talk;
  }

  /** Why the agent stopped, while it has nothing to do. */
  get idleAfter(): Sdk.StopReason | undefined {
    return this.last;
  }

  /** No turn is begun any more, and the one that runs is called off. */
  cancel(): void {
    this.context.prompts.close();
    this.cancelling.abort();
    if (this.last === undefined) this.talk.cancel();
  }

  /** Resolves with why the agent stopped for the last time, once there is nothing left to say. */
  async take(first: readonly ContentBlock[]): Promise<Sdk.StopReason> {
    const { prompts, approvals } = this.context;
    for (let blocks = first; ; ) {
      const stopReason = await this.talk.ask(blocks);
      approvals.withdraw();
      this.last = stopReason;
      // Who refuses, or is at a limit, is not waited with; what was taken before it is said all the same.
      if (stopReason === 'end_turn') await this.idle();
      const next = this.isCancelled ? undefined : prompts.nextOrClose();
      if (next === undefined) return stopReason;
      await next.written;
      if (this.isCancelled) return stopReason;
      this.last = undefined;
      if (next.model !== undefined) await this.talk.use(next.model);
      blocks = next.blocks;
    }
  }

  /** Whether no turn is to be begun any more. */
  get isCancelled(): boolean {
    return this.cancelling.signal.aborted;
  }

  /** Resolves when there is a prompt, or the agent was kept long enough. */
  private async idle(): Promise<void> {
    const { prompts, idleTimeoutMs, agentTime, tell } = this.context;
    if (idleTimeoutMs === 0 || !prompts.isEmpty || this.isCancelled) return;
    tell({ type: 'status', status: 'running', reason: 'idle' });
    const waiting = new AbortController();
    const long = wait(agentTime, idleTimeoutMs, AbortSignal.any([waiting.signal, this.cancelling.signal]));
    try {
      await Promise.race([prompts.filled(), long, this.talk.left(waiting.signal)]);
    } finally {
      waiting.abort();
    }
    if (!prompts.isEmpty) tell({ type: 'status', status: 'running' });
  }
}
