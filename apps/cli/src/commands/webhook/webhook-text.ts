import type {
  Webhook,
  WebhookDelivery,
  WebhookDetail,
  WebhookWithSecret,
} from '@agent-harbor/api-contract/schemas';
import { age } from '../../render/age.ts';
import { facts } from '../../terminal/facts.ts';
import { table } from '../../terminal/table.ts';
import { type Look, paint, type Text } from '../../terminal/text.ts';

const looks: Readonly<Record<string, Look>> = {
  enabled: 'green',
  delivered: 'green',
  disabled: 'yellow',
  retrying: 'yellow',
  dead: 'red',
};

/** Webhooks in columns. */
export const webhookTable = (items: readonly Webhook[], columns: number | undefined): readonly Text[] => {
  const now = Date.now();
  return table(
    [
      { title: 'WEBHOOK', cell: (webhook: Webhook) => webhook.id },
      { title: 'STATE', cell: ({ state }) => state, look: ({ state }) => looks[state] },
      { title: 'MADE', cell: ({ createdAt }) => age(createdAt, now) },
      { title: 'OF', cell: ({ taskId }) => taskId ?? 'every session' },
      { title: 'EVENTS', cell: ({ events }) => events.map((event) => event.slice(8)).join(',') },
      { title: 'URL', cell: ({ url }) => url, flexible: true },
    ],
    items,
    columns,
  );
};

/** A webhook for people, with how it gets on where that is known. */
export const webhookLines = (webhook: Webhook & Partial<WebhookDetail>): readonly Text[] => {
  const { id, url, events, description, state, reason, taskId, createdAt, updatedAt } = webhook;
  const { waitingSessions = 0, waitingSince, deadLetters = 0 } = webhook;
  const since = waitingSince === undefined ? '' : ` since ${waitingSince}`;
  return [
    ...facts([
      ['webhook', id],
      ['url', url],
      ['events', events.join(' ')],
      ['hears of', taskId === undefined ? 'every session' : `task ${taskId}`],
      ['description', description],
      ['state', paint(looks[state], reason === undefined ? state : `${state}: ${reason}`)],
      ['waiting', waitingSessions === 0 ? undefined : `messages of ${waitingSessions} sessions${since}`],
      ['dead letters', deadLetters === 0 ? undefined : String(deadLetters)],
      ['made', createdAt],
      ['changed', updatedAt],
    ]),
    ...(deadLetters === 0 ? [] : [`ah webhook dead-letters ${id} lists what was given up.`]),
  ];
};

/** A webhook with the secret that nobody shows again. */
export const secretLines = (webhook: WebhookWithSecret): readonly Text[] => [
  [paint('bold', webhook.id), ` tells ${webhook.url}`],
  ['secret  ', paint('bold', webhook.secret), '  (keep it: it is not shown again)'],
];

/** Messages in columns. */
export const deliveryTable = (
  items: readonly WebhookDelivery[],
  columns: number | undefined,
): readonly Text[] => {
  const now = Date.now();
  return table(
    [
      { title: 'MESSAGE', cell: (delivery: WebhookDelivery) => delivery.id },
      { title: 'EVENT', cell: ({ event }) => event },
      { title: 'STATE', cell: ({ state }) => state, look: ({ state }) => looks[state] },
      { title: 'TRIES', cell: ({ attempts }) => String(attempts) },
      { title: 'LAST', cell: ({ lastAttemptAt }) => age(lastAttemptAt, now) },
      { title: 'NEXT', cell: ({ nextAttemptAt }) => nextAttemptAt ?? '' },
      { title: 'ANSWER', cell: ({ status, error }) => error ?? String(status ?? ''), flexible: true },
    ],
    items,
    columns,
  );
};
