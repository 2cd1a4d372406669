import { createSeededIds } from '@agent-harbor/core';
import { globalClock, memoryHarbor } from '@agent-harbor/mock-client';
import { type ApiOptions, createApi, mount } from '@agent-harbor/rest-api';
import type { Scenario } from '@agent-harbor/scenario';
import { createMockClock, nextTurn } from '../clock/mock-clock.ts';
import type { MockServerConfig } from '../config.ts';
import { controlContract } from '../control/contract.ts';
import { type Controls, controlFeatures } from '../control/features.ts';
import { story } from '../data/story.ts';
import { lengthOf, tellStory } from '../data/tell-story.ts';
import { createFaults } from '../faults/create-faults.ts';
import { createScenarioShelf } from './scenario-shelf.ts';
import type { World } from './world.ts';

/** What every world of one server has in common. */
export interface WorldOptions {
  readonly config: MockServerConfig;
  /** Scenarios from files, by name. */
  readonly scenarioFiles: Readonly<Record<string, Scenario>>;
  readonly reset: Controls['reset'];
  /** What the API is served with, besides what belongs to the world. */
  readonly api: Omit<ApiOptions, 'harbor' | 'clock' | 'ids' | 'further' | 'around'>;
}

/** Makes a world as it is at the start; `wish` is what a reset wants otherwise. */
export const openWorld = async (
  options: WorldOptions,
  wish: Partial<Pick<World, 'seed' | 'data'>> = {},
): Promise<World> => {
  const { config } = options;
  const { seed = config.seed, data = config.data } = wish;
  const startAt = config.freezeAt === undefined ? globalClock.now() : Date.parse(config.freezeAt);
  const before = data === 'demo' ? story() : [];
  const world = createWorld(options, { seed, data, from: startAt - lengthOf(before) });
  const { clock } = world;
  await tellStory(world, before, startAt, config.speed);
  if (config.freezeAt === undefined) {
    // What the telling took has passed outside.
    await clock.advance(Math.max(0, globalClock.now() - clock.now()));
    clock.run();
  }
  return world;
};

/** A world without a history, whose clock stands still. */
const createWorld = (
  { config, scenarioFiles, reset, api: served }: WorldOptions,
  { seed, data, from }: Pick<World, 'seed' | 'data'> & { readonly from: number },
): World => {
  const clock = createMockClock({ base: globalClock, frozenAt: from });
  const scenarios = createScenarioShelf(scenarioFiles);
  const { maxConcurrentTasks = data === 'demo' ? demoConcurrency : usualConcurrency } = config;
  const harbor = memoryHarbor(clock, {
    seed,
    speed: () => world.speed,
    scenarios: scenarios.given,
    maxConcurrentTasks,
  });
  const ids = createSeededIds(`${seed} requests`);
  const faults = createFaults({ clock, ids, routes: () => api.routes.filter(isOurs) });
  const world: World = {
    seed,
    data,
    clock,
    harbor,
    scenarios,
    faults,
    speed: config.speed,
    get api() {
      return api;
    },
    settled: nextTurn,
    async close() {
      faults.close();
      await api.stop();
      await harbor.close();
      clock.close();
    },
  };
  const api = createApi({
    ...served,
    harbor,
    clock,
    ids,
    further: mount(controlContract, controlFeatures({ world, version: served.version.version, reset })),
    around: (visit) => faults.around(visit),
  });
  return world;
};

/** With the demo data the host is full, so that sessions wait. */
const demoConcurrency = 6;
const usualConcurrency = 16;

const isOurs = ({ name }: { readonly name: string }): boolean => !name.startsWith('mock.');
