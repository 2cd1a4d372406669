import type { CreateWebhook, Webhook, WebhookWithSecret } from '@agent-harbor/api-contract/schemas';
import { holds, rejectsWith, same } from '../expect.ts';
import { type Bench, check, unknownIds } from './bench.ts';

/** Nobody is there, and nobody will be: the name is reserved for that. */
const url = 'https://hooks.agent-harbor.invalid/conformance';

/** Makes a webhook for one check and deletes it afterwards. It hears of nothing that happens in the checks. */
const withWebhook = async (
  { webhooks, settle }: Bench,
  run: (made: WebhookWithSecret) => Promise<void>,
  members: Partial<CreateWebhook> = {},
): Promise<void> => {
  const made = await settle(webhooks.createWebhook({ url, events: ['session.plan'], ...members }));
  try {
    await run(made);
  } finally {
    await settle(Promise.allSettled([webhooks.deleteWebhook(made.id)]));
  }
};

const shown = ({ secret: _, ...webhook }: WebhookWithSecret): Webhook => webhook;

export const webhooks = [
  check('a webhook shows its secret once', 'whoever makes it gets it, nobody after that', (bench) =>
    withWebhook(bench, async (made) => {
      const { webhooks, settle } = bench;
      holds(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(made.secret), 'the secret is none of the convention');
      holds(made.id.startsWith('wh-'), `the id is ${made.id}`);
      const detail = await settle(webhooks.getWebhook(made.id));
      const { waitingSessions, deadLetters, ...rest } = detail;
      same(rest, shown(made), 'the webhook as it is read');
      same([waitingSessions, deadLetters], [0, 0], 'what waits and what was given up');
      const { items } = await settle(webhooks.listWebhooks({ perPage: 200 }));
      same(
        items.find(({ id }) => id === made.id),
        shown(made),
        'the webhook as it is listed',
      );
    }),
  ),

  check('a webhook keeps the secret it is given', 'and tells it in the answer', (bench) => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    return withWebhook(bench, async (made) => same(made.secret, secret, 'secret'), { secret });
  }),

  check('a secret is replaced', 'the answer has the new one, another than before', (bench) =>
    withWebhook(bench, async (made) => {
      const { webhooks, settle } = bench;
      const rotated = await settle(webhooks.rotateWebhookSecret(made.id));
      holds(rotated.secret !== made.secret, 'the secret is the one before');
      same({ ...shown(rotated), updatedAt: '' }, { ...shown(made), updatedAt: '' }, 'the rest of it');
    }),
  ),

  check('an update of a webhook replaces what it names', 'other members stay', (bench) =>
    withWebhook(bench, async (made) => {
      const { webhooks, settle } = bench;
      const update = { state: 'disabled', description: 'off' } as const;
      const updated = await settle(webhooks.updateWebhook(made.id, update));
      same({ ...updated, updatedAt: '' }, { ...shown(made), ...update, updatedAt: '' }, 'the webhook');
      const enabled = await settle(webhooks.updateWebhook(made.id, { state: 'enabled' }));
      same([enabled.state, enabled.description], ['enabled', 'off'], 'the webhook when it is enabled again');
    }),
  ),

  check(
    'a task makes webhooks of its own',
    'wishes with the same url are one, listed for the task',
    async (bench) => {
      const { webhooks, settle } = bench;
      const task = await bench.launch({
        webhooks: [
          { event: 'session.plan', url },
          { event: 'session.approval', url },
        ],
      });
      const [made] = task.webhooks ?? [];
      same(task.webhooks?.length, 1, 'how many there are');
      same(made?.events, ['session.plan', 'session.approval'], 'what it hears of');
      same(made?.taskId, task.task_id, 'whose it is');
      holds(made?.secret.startsWith('whsec_') === true, 'the launch does not tell the secret');
      const listed = await settle(webhooks.listWebhooks({ taskId: task.task_id }));
      same(listed.items, made === undefined ? [] : [shown(made)], 'the webhooks of the task');
      await settle(webhooks.deleteWebhook(made?.id ?? ''));
    },
  ),

  check('a test tells how the receiver answered', 'it is sent now, and is no delivery', (bench) =>
    withWebhook(bench, async (made) => {
      const { webhooks, settle } = bench;
      const result = await settle(webhooks.testWebhook(made.id));
      holds(result.id.startsWith('msg_'), `the id is ${result.id}`);
      holds(result.delivered === (result.error === undefined), 'it neither worked nor says why not');
      same((await settle(webhooks.webhookDeliveries(made.id))).items, [], 'deliveries');
    }),
  ),

  check('a replay names what is to be sent', 'an unknown message or session is refused', (bench) =>
    withWebhook(bench, async (made) => {
      const { webhooks, settle } = bench;
      const nothing = await settle(webhooks.replayWebhook(made.id, { deadLetters: true }));
      same(nothing, { messages: 0, sessions: 0 }, 'a replay of nothing');
      const unknown = settle(webhooks.replayWebhook(made.id, { ids: ['msg_none_1'] }));
      await rejectsWith('invalid-request', unknown, 'an unknown message');
      const foreign = settle(webhooks.replayWebhook(made.id, { sessionId: 'nobody', after: 0 }));
      await rejectsWith('session-not-found', foreign, 'an unknown session');
      const id = await bench.start('waits');
      const back = await settle(webhooks.replayWebhook(made.id, { sessionId: id, after: 0 }));
      same(back, { messages: 0, sessions: 1 }, 'a replay of a session');
    }),
  ),

  check('a webhook is checked', 'the problem names the field', async ({ webhooks, settle }) => {
    const wrong: readonly (readonly [string, object])[] = [
      ['url', {}],
      ['url', { url: 'ftp://example.test/' }],
      ['url', { url: 'https://user:pass@example.test/' }],
      ['url', { url: 'https://[' }],
      ['events.0', { url, events: ['session.done'] }],
      ['secret', { url, secret: 'short' }],
      ['event', { url, event: 'session.plan' }],
    ];
    for (const [field, input] of wrong) {
      const refused = settle(webhooks.createWebhook(input as CreateWebhook));
      const problem = await rejectsWith('invalid-request', refused, JSON.stringify(input));
      const fields = Object.keys(problem.errors ?? {});
      holds(fields.includes(field), `expected ${field} to be named, got ${fields.join(', ')}`);
    }
  }),

  check('an unknown webhook is not found', 'whatever is wanted of it', async ({ webhooks, settle }) => {
    for (const id of unknownIds) {
      for (const [what, work] of [
        ['get', () => webhooks.getWebhook(id)],
        ['update', () => webhooks.updateWebhook(id, {})],
        ['delete', () => webhooks.deleteWebhook(id)],
        ['rotate', () => webhooks.rotateWebhookSecret(id)],
        ['test', () => webhooks.testWebhook(id)],
        ['deliveries', () => webhooks.webhookDeliveries(id)],
        ['replay', () => webhooks.replayWebhook(id, { deadLetters: true })],
      ] as const) {
        await rejectsWith(
          'webhook-not-found',
          settle(Promise.resolve(work())),
          `${what} ${JSON.stringify(id)}`,
        );
      }
    }
  }),
];
