import type { TaskWebhook, Webhook, WebhookWithSecret } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { fieldProblem } from '../problem.ts';
import type { Change } from '../store/store.ts';
import type { WebhookSender } from './sender.ts';

/** What is said of a new webhook. */
export interface WebhookWish extends Pick<Webhook, 'url' | 'events' | 'description' | 'taskId' | 'tenantId'> {
  readonly secret?: string | undefined;
}

/** The webhook that is wished for, with its secret. */
export const makeWebhook = (
  { secret, ...wish }: WebhookWish,
  { ids, sender, now }: { readonly ids: Ids; readonly sender: WebhookSender; readonly now: number },
): WebhookWithSecret => {
  const at = timestamp(now);
  const { url, events, description, taskId, tenantId } = wish;
  return {
    id: `wh-${ids.next('webhook', taskId ?? '')}`,
    url,
    events,
    ...(description === undefined ? {} : { description }),
    state: 'enabled',
    ...(taskId === undefined ? {} : { taskId }),
    ...(tenantId === undefined ? {} : { tenantId }),
    createdAt: at,
    updatedAt: at,
    secret: secret ?? sender.newSecret(),
  };
};

/** The row of a new webhook. */
export const rowOf = ({ secret, ...webhook }: WebhookWithSecret): Change => ({
  kind: 'webhook-saved',
  webhook,
  keys: [{ secret }],
});

/** The url as it may be called by this host, else a problem that names the field. */
export const checkUrl = (sender: WebhookSender, url: string, field: string): void => {
  const refusal = sender.refusal(url);
  if (refusal !== undefined) throw fieldProblem(field, refusal);
};

/** The wishes of a task, those with the same url and secret as one. */
export const wishesOf = (
  webhooks: readonly TaskWebhook[],
  sender: WebhookSender,
  owner: { readonly taskId: string; readonly tenantId?: string | undefined },
): readonly WebhookWish[] => {
  const wishes = new Map<string, WebhookWish>();
  for (const [index, { event, url, secret }] of webhooks.entries()) {
    checkUrl(sender, url, `webhooks.${index}.url`);
    const key = JSON.stringify([url, secret]);
    const events = [...new Set([...(wishes.get(key)?.events ?? []), event])];
    wishes.set(key, { url, secret, events, ...owner });
  }
  return [...wishes.values()];
};
