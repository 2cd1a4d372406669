import {
  type Clock,
  createHarbor,
  createRecordingSender,
  createSeededIds,
  digest,
  type Harbor,
  type RecordingSender,
  type Store,
  type WebhookSender,
} from '@agent-harbor/core';
import { createMemoryStore } from '@agent-harbor/core/memory';
import {
  createScriptedExecutor,
  createScriptedForges,
  type Scenario,
  type ScriptedExecutor,
} from '@agent-harbor/scenario';

/** What a mock plays, and how fast. */
export interface MockOptions {
  /** The same seed and the same calls give the same ids. Default `mock`. */
  readonly seed?: string | undefined;
  /** Delays of scenarios are multiplied by this: 0.1 is ten times as fast. Default 1. */
  readonly speed?: number | (() => number) | undefined;
  /** Scenarios beside the built-in ones, by name. */
  readonly scenarios?: Readonly<Record<string, Scenario>> | undefined;
  /** How many sessions run at once. Default 4. */
  readonly maxConcurrentTasks?: number | undefined;
  /** Sends webhooks; when absent nobody is called, and what would be sent is kept in `webhookRequests`. */
  readonly webhookSender?: WebhookSender | undefined;
}

/** A Harbor in memory, and the agents in it. */
export interface MemoryHarbor extends Harbor {
  readonly agents: Pick<ScriptedExecutor, 'say'>;
  /** The last 1,000 requests that would have been sent to webhooks, oldest first; none when a sender sends them. */
  readonly webhookRequests: RecordingSender['requests'];
  /** Takes what belongs to an effect outside of the rules, as the reply to a request that happens once. */
  readonly store: Pick<Store, 'commit'>;
}

/** The rules of the server over memory and scripted agents: what the mock client and the mock server share. */
export const memoryHarbor = (clock: Clock, options: MockOptions = {}): MemoryHarbor => {
  const { seed = 'mock', speed, scenarios, maxConcurrentTasks } = options;
  const ids = createSeededIds(seed);
  const executor = createScriptedExecutor({ clock, ids, speed, scenarios });
  const recording = createRecordingSender(seed);
  const store = createMemoryStore({ epoch: digest(seed).slice(0, 10) });
  const harbor = createHarbor({
    store,
    executor,
    forges: createScriptedForges(),
    clock,
    ids,
    maxConcurrentTasks,
    webhooks: { sender: options.webhookSender ?? recording },
    description: 'Agent Harbor mock: sessions are played from scenarios, in memory',
  });
  return {
    ...harbor,
    agents: executor,
    webhookRequests: recording.requests,
    store,
    // What plays in memory cannot go on without it.
    async close(options) {
      await harbor.close(options);
      await executor.close();
    },
  };
};
