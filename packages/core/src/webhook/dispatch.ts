import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Serial } from '../serial.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Change, Store } from '../store/store.ts';
import type { Hub } from '../stream/hub.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Courier } from './courier.ts';
import { Notice } from './notice.ts';
import { type PlaceLimits, Places, usualPlaces } from './places.ts';
import { usualRetry, type WebhookRetry } from './retry.ts';
import type { WebhookSender } from './sender.ts';
import { Standings } from './standing.ts';

/** How webhooks are sent. */
export interface WebhookOptions {
  readonly sender: WebhookSender;
  /** When a message that was not taken is tried again, and when it is given up. */
  readonly retry?: Partial<WebhookRetry> | undefined;
  /** How many requests are under way at once. */
  readonly places?: Partial<PlaceLimits> | undefined;
}

export interface DispatchParts {
  readonly store: Store;
  readonly hub: Hub;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly serial: Serial;
}

/** Sees to it that everything webhooks hear of is sent. */
export interface Dispatch {
  readonly sender: WebhookSender;
  /** Goes on where a former process was. */
  resume(): Promise<void>;
  /** Makes webhooks by `commit`, which writes the rows it is given with its own. */
  making<Result>(commit: (rows: readonly Change[]) => Promise<Result>): Promise<Result>;
  /** Webhooks were changed or deleted. */
  changed(): Promise<void>;
  /** A webhook may have something to send. */
  wake(webhookId: string): void;
  /** Breaks off what is under way: it is sent again by the next process. */
  close(): Promise<void>;
}

export const createDispatch = (parts: DispatchParts, { sender, retry, places }: WebhookOptions): Dispatch => {
  const { store, serial } = parts;
  const stopping = new AbortController();
  const couriers = new Map<string, Courier>();
  const courierParts = {
    ...parts,
    sender,
    retry: { ...usualRetry, ...retry },
    places: new Places({ ...usualPlaces, ...places }),
    standings: new Standings(store),
    signal: stopping.signal,
    done: (courier: Courier) => {
      if (couriers.get(courier.webhookId) === courier) couriers.delete(courier.webhookId);
    },
  };
  const wake = (webhookId: string): void => {
    if (stopping.signal.aborted) return;
    let courier = couriers.get(webhookId);
    if (courier === undefined) {
      courier = new Courier(webhookId, courierParts);
      couriers.set(webhookId, courier);
    }
    courier.look();
  };
  const notice = new Notice({ ...parts, signal: stopping.signal, wake });

  return {
    sender,
    wake,
    async resume() {
      await notice.resume();
      for (const webhookId of await store.webhooksBehind()) wake(webhookId);
    },
    making: (commit) =>
      serial.run('webhooks', async () => {
        const beginning = await notice.beginning();
        const result = await commit(beginning === undefined ? [] : [beginning]);
        if (beginning === undefined) await notice.changed();
        else await notice.begin(beginning.position);
        return result;
      }),
    async changed() {
      await notice.changed();
    },
    async close() {
      stopping.abort();
      await notice.close();
      await Promise.all([...couriers.values()].map((courier) => courier.settled()));
    },
  };
};
