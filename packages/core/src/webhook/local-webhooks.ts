import {
  CreateWebhook,
  ReplayedWebhook,
  RotateWebhookSecret,
  UpdateWebhook,
  type Webhook,
  WebhookDeliveryQuery,
  WebhookQuery,
  WebhookTest,
  WebhookWithSecret,
} from '@agent-harbor/api-contract/schemas';
import { type Clock, timestamp } from '../clock.ts';
import type { Idempotency } from '../idempotency.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { fieldProblem, Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Serial } from '../serial.ts';
import type { Store } from '../store/store.ts';
import { createOnce, remember } from '../task/once.ts';
import { secretsOf } from './attempt.ts';
import type { Dispatch } from './dispatch.ts';
import { checkUrl, makeWebhook, rowOf } from './make.ts';
import { replay } from './replay.ts';
import { reasonOf } from './retry.ts';
import type { LocalWebhooks } from './webhooks.ts';

export interface WebhookParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly serial: Serial;
  readonly idempotency: Idempotency;
  readonly dispatch: Dispatch | undefined;
}

/** Every event of the host is held against each of them. */
const mostStanding = 100;
/** A secret that was replaced signs on for a day, unless said otherwise. */
const usualKeepSeconds = 86_400;

export const createWebhooks = (parts: WebhookParts, scope: Scope): LocalWebhooks => {
  const { store, clock, ids, serial, dispatch } = parts;
  const once = createOnce(parts.idempotency, scope);

  const find = async (webhookId: string): Promise<Webhook> => {
    const webhook = await store.webhook(scope, webhookId);
    if (webhook !== undefined) return webhook;
    throw new Problem('webhook-not-found', { detail: `There is no webhook ${webhookId}.` });
  };
  const sending = (): Dispatch => {
    if (dispatch !== undefined) return dispatch;
    throw fieldProblem('url', 'is not called: this host sends no webhooks');
  };
  /** Changes of one webhook happen one after another. */
  const changing = <Result>(webhookId: string, work: (webhook: Webhook) => Promise<Result>) =>
    serial.run(`webhook ${webhookId}`, async () => work(await find(webhookId)));

  return {
    async listWebhooks(query = {}, options) {
      throwIfAborted(options?.signal);
      const { taskId, ...page } = parse(WebhookQuery, query);
      return store.webhooks(scope, { taskId }, page);
    },

    async getWebhook(webhookId, options) {
      throwIfAborted(options?.signal);
      const webhook = await find(webhookId);
      const { waitingSince, ...counts } = await store.webhookCounts(webhookId);
      return {
        ...webhook,
        ...counts,
        ...(waitingSince === null ? {} : { waitingSince: timestamp(waitingSince) }),
      };
    },

    createWebhook: async (input, options = {}) =>
      once(
        'webhooks.create',
        input,
        options,
        async ({ alongside, signal }) => {
          throwIfAborted(signal);
          const { tenantId } = scope;
          const { events = ['session.*'], ...said } = parse(CreateWebhook, input);
          const wish = { ...said, events, ...(tenantId === null ? {} : { tenantId }) };
          const { sender, making } = sending();
          checkUrl(sender, wish.url, 'url');
          return making(async (rows) => {
            if ((await store.webhooksFor(undefined)).length >= mostStanding) {
              throw fieldProblem(
                'url',
                `cannot be added: there are ${mostStanding} webhooks; delete one first`,
              );
            }
            const made = makeWebhook(wish, { ids, sender, now: clock.now() });
            await store.commit([rowOf(made), ...rows, ...alongside(made)]);
            return made;
          });
        },
        (stored) => parse(WebhookWithSecret, stored),
      ),

    updateWebhook: (webhookId, input, options) =>
      changing(webhookId, async (before) => {
        throwIfAborted(options?.signal);
        const update = parse(UpdateWebhook, input);
        const { reason, ...kept } = before;
        if (update.url !== undefined) checkUrl(sending().sender, update.url, 'url');
        const named = Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
        const webhook: Webhook = {
          ...kept,
          ...(update.state === undefined && reason !== undefined ? { reason } : {}),
          ...named,
          updatedAt: timestamp(clock.now()),
        };
        await store.commit([{ kind: 'webhook-saved', webhook }]);
        await dispatch?.changed();
        dispatch?.wake(webhookId);
        return webhook;
      }),

    deleteWebhook: (webhookId, options) =>
      changing(webhookId, async () => {
        throwIfAborted(options?.signal);
        await store.commit([{ kind: 'webhook-deleted', id: webhookId }], { isUrgent: true });
        await dispatch?.changed();
      }),

    rotateWebhookSecret: async (webhookId, input = {}, options = {}) =>
      once(
        'webhooks.rotate',
        { webhookId, input },
        options,
        ({ alongside, signal }) =>
          changing(webhookId, async (before) => {
            throwIfAborted(signal);
            const asked = parse(RotateWebhookSecret, input);
            const { secret = sending().sender.newSecret(), keepSeconds = usualKeepSeconds } = asked;
            const now = clock.now();
            const until = now + keepSeconds * 1000;
            const valid = secretsOf(await store.webhookKeys(webhookId), now);
            // Of those before only the newest is kept: it is the one receivers have.
            const [newest] = valid.filter((known) => known !== secret);
            const former = newest === undefined || keepSeconds === 0 ? [] : [{ secret: newest, until }];
            const webhook = { ...before, updatedAt: timestamp(now) };
            const rotated = { ...webhook, secret };
            await store.commit([
              { kind: 'webhook-saved', webhook, keys: [{ secret }, ...former] },
              ...alongside(rotated),
            ]);
            return rotated;
          }),
        (stored) => parse(WebhookWithSecret, stored),
      ),

    testWebhook: async (webhookId, options = {}) =>
      once(
        'webhooks.test',
        webhookId,
        options,
        async (calling) => {
          const webhook = await find(webhookId);
          const { sender } = sending();
          const now = clock.now();
          const id = `msg_test_${ids.next('webhook', webhookId)}`;
          const answer = await sender.send(
            {
              url: webhook.url,
              id,
              timestamp: Math.floor(now / 1000),
              body: JSON.stringify({ type: 'webhook.test', timestamp: timestamp(now), data: { webhookId } }),
              secrets: secretsOf(await store.webhookKeys(webhookId), now),
            },
            calling.signal ?? new AbortController().signal,
          );
          const error = reasonOf(answer);
          const result: WebhookTest = {
            id,
            delivered: error === undefined,
            ...(answer.kind === 'answered' ? { status: answer.status } : {}),
            ...(error === undefined ? {} : { error }),
            durationMs: Math.max(0, clock.now() - now),
          };
          await remember(store, calling, result);
          return result;
        },
        (stored) => parse(WebhookTest, stored),
      ),

    async webhookDeliveries(webhookId, query = {}, options) {
      throwIfAborted(options?.signal);
      const { state, sessionId, ...page } = parse(WebhookDeliveryQuery, query);
      await find(webhookId);
      return store.webhookDeliveries(webhookId, { state, sessionId }, page);
    },

    replayWebhook: async (webhookId, wish, options = {}) =>
      once(
        'webhooks.replay',
        { webhookId, wish },
        options,
        async (calling) => {
          throwIfAborted(calling.signal);
          await find(webhookId);
          const replayed = await replay(parts, scope, webhookId, wish, calling.signal);
          await remember(store, calling, replayed);
          dispatch?.wake(webhookId);
          return replayed;
        },
        (stored) => parse(ReplayedWebhook, stored),
      ),
  };
};
