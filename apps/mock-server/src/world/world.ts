import type { MemoryHarbor } from '@agent-harbor/mock-client';
import type { Api } from '@agent-harbor/rest-api';
import type { MockClock } from '../clock/mock-clock.ts';
import type { MockServerConfig } from '../config.ts';
import type { Faults } from '../faults/create-faults.ts';
import type { ScenarioShelf } from './scenario-shelf.ts';

/** Everything the mock knows between two resets. */
export interface World {
  readonly seed: string;
  readonly data: MockServerConfig['data'];
  readonly clock: MockClock;
  readonly harbor: MemoryHarbor;
  readonly scenarios: ScenarioShelf;
  readonly faults: Faults;
  /** Delays of scenarios are multiplied by it, in sessions that start from now on. */
  speed: number;
  readonly api: Api;
  /** Resolves when everything has happened that does not wait for its time. */
  settled(): Promise<void>;
  /** Ends every stream and every session. */
  close(): Promise<void>;
}
