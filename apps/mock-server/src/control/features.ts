import { timestamp } from '@agent-harbor/core';
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

/** Who answers what, in the contract's order. */
export const controlFeatures = ({ world, version, reset }: Controls): Features<ControlContract> => {
  const { clock, harbor, faults, scenarios } = world;
  const clockState = () => ({
    now: timestamp(clock.now()),
    mode: clock.isFrozen ? ('frozen' as const) : ('running' as const),
    speed: world.speed,
    waiting: clock.waiting,
  });
  return {
    mock: {
      getClock: async () => ({ status: 200, body: clockState() }),
      changeClock: async ({ body: { mode, advanceMs, speed } }) => {
        if (mode === 'frozen') clock.freeze();
        if (speed !== undefined) world.speed = speed;
        if (advanceMs !== undefined) await clock.advance(advanceMs);
        if (mode === 'running') clock.run();
        return { status: 200, body: clockState() };
      },
      reset: async ({ body }) => {
        const { seed, data, clock: fresh } = await reset(body);
        return { status: 200, body: { seed, data, now: timestamp(fresh.now()) } };
      },
      listScenarios: async () => ({ status: 200, body: { items: [...scenarios.list()] } }),
      addScenario: async ({ body }) => ({ status: 201, body: scenarios.add(body) }),
      listFaults: async () => ({ status: 200, body: { items: [...faults.list()] } }),
      addFault: async ({ body }) => ({ status: 201, body: faults.add(body) }),
      clearFaults: async () => {
        faults.clear();
        return { status: 204, body: undefined };
      },
      removeFault: async ({ params }) => {
        faults.remove(params.id);
        return { status: 204, body: undefined };
      },
      injectEvent: async ({ params: { id }, body }) => {
        // An unknown session is a 404 before it is one without an agent.
        await harbor.tasks.getSession(id, { archived: true });
        const ts = timestamp(clock.now());
        await harbor.agents.say(id, body);
        await world.settled();
        return { status: 202, body: { sessionId: id, accepted: true, ts } };
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
