import { type Change, timestamp } from '@agent-harbor/core';
import type { Features } from '@agent-harbor/rest-api';
import { signatureHeaders } from '@agent-harbor/webhook';
import type { World } from '../world/world.ts';
import type { ControlContract } from './contract.ts';
import { controlDocument } from './document.ts';

/** What the control routes work on. */
export interface Controls {
  /** The world the request came to. */
  readonly world: World;
  readonly version: string;
  /** Ends this world and begins another, which answers from then on. */
  reset(wish: Partial<Pick<World, 'seed' | 'data'>>): Promise<World>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What of a call says with what its reply is to be kept. */
interface Calling {
  effect<Result>(reply: (result: Result) => Reply): { alongside?: (result: Result) => readonly Change[] };
}

/** Who answers what, in the contract's order. */
export const controlFeatures = ({ world, version, reset }: Controls): Features<ControlContract> => {
  const { clock, harbor, faults, scenarios } = world;
  const clockState = () => ({
    now: timestamp(clock.now()),
    mode: clock.isFrozen ? ('frozen' as const) : ('running' as const),
    speed: world.speed,
    waiting: clock.waiting,
  });
  /** The reply to a request with a key is kept when its effect has happened. */
  const kept = async <const Given extends Reply>(
    call: Calling,
    reply: Given,
    { store }: World['harbor'] = harbor,
  ): Promise<Given> => {
    const rows = call.effect(() => reply).alongside?.(undefined) ?? [];
    if (rows.length > 0) await store.commit(rows, { isUrgent: true });
    return reply;
  };
  return {
    mock: {
      getClock: async () => ({ status: 200, body: clockState() }),
      changeClock: async (call) => {
        const { mode, advanceMs, speed } = call.body;
        if (mode === 'frozen') clock.freeze();
        if (speed !== undefined) world.speed = speed;
        if (advanceMs !== undefined) await clock.advance(advanceMs);
        if (mode === 'running') clock.run();
        return kept(call, { status: 200, body: clockState() });
      },
      reset: async (call) => {
        const { seed, data, clock: fresh, harbor: next } = await reset(call.body);
        return kept(call, { status: 200, body: { seed, data, now: timestamp(fresh.now()) } }, next);
      },
      listScenarios: async () => ({ status: 200, body: { items: [...scenarios.list()] } }),
      addScenario: async (call) => kept(call, { status: 201, body: scenarios.add(call.body) }),
      listFaults: async () => ({ status: 200, body: { items: [...faults.list()] } }),
      addFault: async (call) => kept(call, { status: 201, body: faults.add(call.body) }),
      clearFaults: async () => {
        faults.clear();
        return { status: 204, body: undefined };
      },
      removeFault: async ({ params }) => {
        faults.remove(params.id);
        return { status: 204, body: undefined };
      },
      injectEvent: async (call) => {
        const { id } = call.params;
        // An unknown session is a 404 before it is one without an agent.
        await harbor.tasks.getSession(id, { archived: true });
        const ts = timestamp(clock.now());
        await harbor.agents.say(id, call.body);
        await world.settled();
        return kept(call, { status: 202, body: { sessionId: id, accepted: true, ts } });
      },
      listWebhookRequests: async () => {
        await world.settled();
        const items = harbor.webhookRequests.map(({ secrets, url, ...parts }) => ({
          url,
          headers: { 'content-type': 'application/json; charset=utf-8', ...signatureHeaders(parts, secrets) },
          body: parts.body,
        }));
        return { status: 200, body: { items } };
      },
      openapi: async () => ({ status: 200, body: controlDocument(version) }),
    },
  };
};
