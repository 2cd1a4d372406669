import type { Webhook } from '@agent-harbor/api-contract/schemas';
import type { Store } from '../store/store.ts';

/** How a webhook last got on with the url it has now; of one that is new nothing is known. */
export type Standing = 'known' | 'new' | 'failed';

/** So many are remembered; the others are looked up. */
const remembered = 4_096;

/** Remembers how webhooks get on, while those who send for them come and go. */
export class Standings {
  private readonly byPlace = new Map<string, Standing>();
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async of(webhook: Webhook): Promise<Standing> {
    const known = this.byPlace.get(placeOf(webhook));
    if (known !== undefined) return known;
    const { items } = await this.store.webhookDeliveries(webhook.id, {}, { perPage: 1 });
    const [last] = items;
    if (last === undefined || last.lastAttemptAt < webhook.updatedAt) return 'new';
    return last.state === 'delivered' ? 'known' : 'failed';
  }

  tell(webhook: Webhook, standing: Standing): void {
    const place = placeOf(webhook);
    this.byPlace.delete(place);
    const [oldest] = this.byPlace.keys();
    if (this.byPlace.size >= remembered && oldest !== undefined) this.byPlace.delete(oldest);
    this.byPlace.set(place, standing);
  }
}

const placeOf = ({ id, url }: Webhook): string => `${id} ${url}`;
