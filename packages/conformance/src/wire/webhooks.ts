import {
  type CreateWebhook,
  ReplayedWebhook,
  Webhook,
  WebhookDeliveryPage,
  WebhookTest,
  WebhookWithSecret,
} from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem } from './answer.ts';
import { check, type WireBench } from './bench.ts';

/** Nobody is there, and nobody will be: the name is reserved for that. */
const url = 'https://hooks.agent-harbor.invalid/conformance';

const made = async (
  bench: WireBench,
  members: Partial<CreateWebhook> = {},
): Promise<{ path: string; webhook: WebhookWithSecret }> => {
  const answer = await bench.post('/api/v1/webhooks', { url, events: ['session.plan'], ...members });
  hasStatus(answer, 201, 'the webhook');
  const path = answer.headers.location ?? '';
  bench.discard(path);
  return { path, webhook: bodyOf(WebhookWithSecret, answer, 'the webhook') };
};

export const webhooks = [
  check('a webhook shows its secret once', 'POST tells it, GET and the list do not', async (bench) => {
    const { path, webhook } = await made(bench);
    same(path, `/api/v1/webhooks/${webhook.id}`, 'Location');
    const read = await bench.get(path);
    same(bodyOf(Webhook, read, 'the webhook').url, url, 'url');
    holds(!read.text.includes('whsec_'), 'GET shows the secret', read.evidence);
    const list = await bench.get('/api/v1/webhooks?perPage=200');
    holds(list.text.includes(webhook.id), 'it is not listed', list.evidence);
    holds(!list.text.includes('whsec_'), 'the list shows secrets', list.evidence);
  }),

  check('a secret is replaced', 'the answer has another one', async (bench) => {
    const { path, webhook } = await made(bench);
    const answer = await bench.post(`${path}/rotate`, {});
    hasStatus(answer, 200, 'the rotation');
    const { secret } = bodyOf(WebhookWithSecret, answer, 'the rotation');
    holds(secret !== webhook.secret, 'the secret is the one before', answer.evidence);
  }),

  check(
    'a webhook is changed in part',
    'what is not sent stays, and the secret is not shown',
    async (bench) => {
      const { path } = await made(bench);
      const { events } = bodyOf(
        Webhook,
        await bench.put(path, { events: ['session.completed'] }),
        'other events',
      );
      same(events, ['session.completed'], 'the events');
      const answer = await bench.put(path, { state: 'disabled' });
      hasStatus(answer, 200, 'disabling it');
      holds(!answer.text.includes('whsec_'), 'the answer shows the secret', answer.evidence);
      for (const told of [answer, await bench.get(path)]) {
        const { state, url: place, events: kept } = bodyOf(Webhook, told, 'what it is now');
        same([state, place, kept], ['disabled', url, events], 'what it is now');
      }
      isProblem(await bench.put(path, { state: 'gone' }), 'invalid-request', 'a state there is not');
    },
  ),

  check('what a webhook sent is listed', 'nothing yet, by page and state', async (bench) => {
    const { path } = await made(bench);
    for (const query of ['', '?state=dead', '?state=retrying&perPage=1']) {
      const answer = await bench.get(`${path}/deliveries${query}`);
      hasStatus(answer, 200, 'the deliveries');
      const { items, total, nextCursor } = bodyOf(WebhookDeliveryPage, answer, 'the deliveries');
      same([items, total, nextCursor], [[], 0, null], 'the deliveries');
    }
    isProblem(await bench.get(`${path}/deliveries?state=lost`), 'invalid-request', 'a state there is not');
  }),

  check('a webhook goes only where it may', 'http and https, without a user', async (bench) => {
    for (const wrong of ['ftp://example.test/', 'https://user:pass@example.test/', 'gopher://a/', 'x']) {
      isProblem(await bench.post('/api/v1/webhooks', { url: wrong }), 'invalid-request', wrong);
    }
  }),

  check('a test and a replay are answered', 'with how it went, and how much it was', async (bench) => {
    const { path } = await made(bench);
    const test = await bench.send({ method: 'POST', path: `${path}/test` });
    const { delivered, error } = bodyOf(WebhookTest, test, 'the test');
    holds(delivered === (error === undefined), 'it neither worked nor says why not', test.evidence);
    const replay = await bench.post(`${path}/replay`, { deadLetters: true });
    hasStatus(replay, 202, 'the replay');
    same(bodyOf(ReplayedWebhook, replay, 'the replay'), { messages: 0, sessions: 0 }, 'the replay');
  }),

  check('a deleted webhook is gone', '204, and 404 for whoever asks', async (bench) => {
    const { path } = await made(bench);
    hasStatus(await bench.remove(path), 204, 'the delete');
    isProblem(await bench.get(path), 'webhook-not-found', 'reading it');
    isProblem(await bench.put(path, { state: 'disabled' }), 'webhook-not-found', 'changing it');
    isProblem(await bench.get(`${path}/deliveries`), 'webhook-not-found', 'its deliveries');
  }),
];
