import type { Webhook, WebhookDelivery } from '@agent-harbor/api-contract/schemas';
import { keptDeliveries, type Store, timestamp, type WebhookLane, wholeHost } from '@agent-harbor/core';
import { same } from '../expect.ts';
import { hostileTexts, type StoreCheck, sampleId, sampleTime, upTo, walk } from './samples.ts';

const sampleWebhook = (number: number, members: Partial<Webhook> = {}): Webhook => ({
  id: `wh-${number}`,
  url: `https://hooks.example.test/${number}`,
  events: ['session.*'],
  state: 'enabled',
  createdAt: timestamp(sampleTime + number),
  updatedAt: timestamp(sampleTime + number),
  ...members,
});

const sampleDelivery = (seq: number, members: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  id: `msg_e_${sampleId(1)}_${seq}`,
  webhookId: 'wh-1',
  sessionId: sampleId(1),
  seq,
  event: 'session.log',
  state: 'delivered',
  attempts: 1,
  firstAttemptAt: timestamp(sampleTime),
  lastAttemptAt: timestamp(sampleTime),
  status: 200,
  ...members,
});

const sampleLane = (session: number, members: Partial<WebhookLane> = {}): WebhookLane => ({
  webhookId: 'wh-1',
  sessionId: sampleId(session),
  cursor: 3,
  upTo: 7,
  dueAt: sampleTime,
  since: sampleTime,
  hasQueued: false,
  ...members,
});

const addWebhook = (store: Store, number: number, members: Partial<Webhook> = {}) =>
  store.commit([
    { kind: 'webhook-saved', webhook: sampleWebhook(number, members), keys: [{ secret: `whsec_${number}` }] },
  ]);
const saveLane = (lane: WebhookLane) => ({ kind: 'webhook-lane-saved', lane }) as const;
const saveDelivery = (delivery: WebhookDelivery) => ({ kind: 'webhook-delivery-saved', delivery }) as const;

export const webhookChecks: readonly StoreCheck[] = [
  {
    name: 'a webhook is kept, replaced and deleted',
    promises:
      'it is what was saved last, its keys stay until others are given, and nothing of it is left behind',
    async run({ store }) {
      await addWebhook(store, 1, { description: 'a', taskId: sampleId(5) });
      await addWebhook(store, 2);
      same(await store.webhookKeys('wh-1'), [{ secret: 'whsec_1' }], 'its keys');
      const disabled = sampleWebhook(1, { state: 'disabled', reason: 'gone' });
      await store.commit([{ kind: 'webhook-saved', webhook: disabled }]);
      same(await store.webhook(wholeHost, 'wh-1'), disabled, 'the webhook');
      same(await store.webhookKeys('wh-1'), [{ secret: 'whsec_1' }], 'its keys after a change');
      const keys = [{ secret: 'new' }, { secret: 'old', until: sampleTime }];
      await store.commit([{ kind: 'webhook-saved', webhook: disabled, keys }]);
      same(await store.webhookKeys('wh-1'), keys, 'its new keys');
      await store.commit([saveLane(sampleLane(1)), saveDelivery(sampleDelivery(1))]);
      await store.commit([{ kind: 'webhook-deleted', id: 'wh-1' }]);
      await store.commit([{ kind: 'webhook-deleted', id: 'wh-1' }]);
      // What was under way is written down too late.
      await store.commit([saveLane(sampleLane(1)), saveDelivery(sampleDelivery(1))]);
      same(await store.webhook(wholeHost, 'wh-1'), undefined, 'a deleted webhook');
      same(await store.webhookKeys('wh-1'), [], 'keys of a deleted webhook');
      same(await store.webhookLane('wh-1', sampleId(1)), undefined, 'a lane of a deleted webhook');
      same(await store.webhooksBehind(), [], 'webhooks behind');
      same(
        await store.webhookCounts(),
        { waitingSessions: 0, waitingSince: null, deadLetters: 0 },
        'what is counted',
      );
      same((await store.webhooks(wholeHost, {}, { perPage: 9 })).items, [sampleWebhook(2)], 'what is left');
    },
  },
  {
    name: 'webhooks are listed the newest first',
    promises: 'by task and tenant, page by page; those of no task are told apart',
    async run({ store }) {
      for (const number of upTo(9)) {
        const taskId = number % 3 === 0 ? sampleId(5) : undefined;
        const tenantId = number % 2 === 0 ? 't1' : undefined;
        await addWebhook(store, number, {
          ...(taskId === undefined ? {} : { taskId }),
          ...(tenantId === undefined ? {} : { tenantId }),
        });
      }
      const ids = (webhooks: readonly Webhook[]) => webhooks.map(({ id }) => id);
      const page = (request: Parameters<typeof store.webhooks>[2]) => store.webhooks(wholeHost, {}, request);
      const expected = upTo(9).map((number) => `wh-${10 - number}`);
      same(ids(await walk(page, 4)), expected, 'a walk');
      const ofTask = await store.webhooks(wholeHost, { taskId: sampleId(5) }, { perPage: 9 });
      same([ids(ofTask.items), ofTask.total], [['wh-9', 'wh-6', 'wh-3'], 3], 'of a task');
      const ofTenant = await store.webhooks({ tenantId: 't1' }, {}, { perPage: 9 });
      same(ids(ofTenant.items), ['wh-8', 'wh-6', 'wh-4', 'wh-2'], 'of a tenant');
      same(await store.webhook({ tenantId: 't2' }, 'wh-2'), undefined, 'for another tenant');
      same(ids(await store.webhooksFor(sampleId(5))), ['wh-3', 'wh-6', 'wh-9'], 'for a task');
      same(
        ids(await store.webhooksFor(undefined)),
        ['wh-1', 'wh-2', 'wh-4', 'wh-5', 'wh-7', 'wh-8'],
        'for no task',
      );
    },
  },
  {
    name: 'lanes say what is due',
    promises:
      'the one that is due first first, of one webhook; those with nothing to send are not among them',
    async run({ store }) {
      await addWebhook(store, 1);
      await addWebhook(store, 2);
      same(await store.noticedPosition(), null, 'how far nobody looked');
      const first = sampleLane(1, { dueAt: sampleTime + 5, since: sampleTime + 1 });
      const second = sampleLane(2, { dueAt: sampleTime + 2, hasQueued: true });
      const idle = sampleLane(3, { dueAt: null, since: null });
      const other = { ...sampleLane(1), webhookId: 'wh-2' };
      await store.commit([
        { kind: 'webhooks-noticed', position: 7 },
        ...[first, second, idle, other].map(saveLane),
      ]);
      same(await store.lanesDue('wh-1', 9), [second, first], 'what is due');
      same(await store.lanesDue('wh-1', 1), [second], 'the first that is due');
      same(await store.webhookLane('wh-1', sampleId(3)), idle, 'an idle lane');
      same(await store.webhookLane('wh-1', sampleId(4)), undefined, 'no lane');
      same(await store.webhooksBehind(), ['wh-1', 'wh-2'], 'webhooks behind');
      same(await store.noticedPosition(), 7, 'how far somebody looked');
      same(
        await store.webhookCounts('wh-1'),
        { waitingSessions: 2, waitingSince: sampleTime, deadLetters: 0 },
        'what waits',
      );
      const done = { ...second, cursor: 7, dueAt: null, since: null, hasQueued: false };
      await store.commit([saveLane(done), { kind: 'webhooks-noticed', position: 9 }]);
      same(await store.lanesDue('wh-1', 9), [first], 'what is due then');
      same(await store.webhookLane('wh-1', sampleId(2)), done, 'the lane that is done');
      same(await store.noticedPosition(), 9, 'how far somebody looked then');
    },
  },
  {
    name: 'messages of a webhook are kept by their place',
    promises: 'they are found, replaced and listed by state and session; the first that is queued is found',
    async run({ store }) {
      await addWebhook(store, 1);
      const other = sampleDelivery(2, { sessionId: sampleId(2), id: 'msg_other', state: 'dead' });
      const all = [
        sampleDelivery(3, { state: 'queued' }),
        sampleDelivery(1),
        other,
        sampleDelivery(2, { state: 'queued', error: 'e' }),
      ];
      await store.commit(all.map(saveDelivery));
      same(await store.webhookDelivery('wh-1', sampleId(2), 2), other, 'one message');
      same(await store.webhookDelivery('wh-1', sampleId(2), 3), undefined, 'no message');
      same(await store.webhookDelivery('wh-2', sampleId(2), 2), undefined, 'of another webhook');
      same(await store.queuedDelivery('wh-1', sampleId(1)), all[3], 'the first that is queued');
      same(await store.queuedDelivery('wh-1', sampleId(2)), undefined, 'none that is queued');
      same((await store.webhookCounts('wh-1')).deadLetters, 1, 'dead letters');
      const list = (filter: Parameters<typeof store.webhookDeliveries>[1]) =>
        walk((request) => store.webhookDeliveries('wh-1', filter, request), 3);
      same(await list({}), all.toReversed(), 'all of them');
      same(await list({ state: 'dead' }), [other], 'the dead');
      same(await list({ sessionId: sampleId(1), state: 'queued' }), [all[3], all[0]], 'queued of a session');
      const sent = sampleDelivery(2);
      await store.commit([saveDelivery(sent)]);
      same(await store.webhookDelivery('wh-1', sampleId(1), 2), sent, 'one that was replaced');
      same((await list({})).length, 4, 'how many there are then');
    },
  },
  {
    name: 'messages of a webhook do not grow for ever',
    promises: 'of those that were delivered and those that were given up the newest are kept',
    async run({ store }) {
      await addWebhook(store, 1);
      const { delivered } = keptDeliveries;
      for (const seq of upTo(delivered + 20)) await store.commit([saveDelivery(sampleDelivery(seq))]);
      await store.commit([saveDelivery(sampleDelivery(1, { state: 'retrying' }))]);
      const page = await store.webhookDeliveries('wh-1', { state: 'delivered' }, { perPage: 1 });
      same(page.total, delivered, 'how many are kept');
      same(await store.webhookDelivery('wh-1', sampleId(1), 20), undefined, 'an old one');
      same((await store.webhookDelivery('wh-1', sampleId(1), 21))?.seq, 21, 'the oldest that is kept');
    },
  },
  {
    name: 'webhooks may hold any text',
    promises: 'urls, words and secrets come back as they were',
    async run({ store }) {
      for (const [index, text] of hostileTexts.entries()) {
        const webhook = sampleWebhook(index, { id: `${index} ${text}`, description: text, tenantId: text });
        await store.commit([{ kind: 'webhook-saved', webhook, keys: [{ secret: text }] }]);
        same(await store.webhook({ tenantId: text }, webhook.id), webhook, webhook.id);
        same(await store.webhookKeys(webhook.id), [{ secret: text }], `secret ${index}`);
      }
    },
  },
];
