import { z } from 'zod';
import { EventType } from './event/index.ts';
import { pageOf, pageQuery } from './page.ts';
import { Timestamp, TimestampInput, text, Ulid } from './primitives.ts';
import { SessionStatus } from './status.ts';

const words = [...SessionStatus.options, ...EventType.options];

/**
 * What a webhook hears of: a status a session enters (`session.completed`), an event of a type (`session.approval`;
 * `session.status` is any status), or everything (`session.*`).
 */
export const WebhookEvent = z
  .string()
  .regex(
    new RegExp(`^session\\.(?:\\*|${words.join('|')})$`),
    'must be session.* or session. and a status or an event type, as session.completed, session.status, session.approval',
  );
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** Where messages go. Whether its address may be reached is for the host to say. */
export const WebhookUrl = z
  .string()
  .max(2048)
  .regex(
    /^https?:\/\/[A-Za-z0-9.:[\]_~%-]+(?:[/?][!-"$-~]*)?$/,
    'must be an http or https url in ASCII without a user, a password or a fragment',
  );

/** A key of 24 to 64 bytes as the Standard Webhooks convention writes it. */
export const WebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and the base64 of 24 to 64 bytes');

/** One wish of a task: what to tell whom. Wishes with the same url and secret are one webhook. */
export const TaskWebhook = z
  .object({ event: WebhookEvent, url: WebhookUrl, secret: WebhookSecret.optional() })
  .strict();
export type TaskWebhook = z.infer<typeof TaskWebhook>;

const events = z.array(WebhookEvent).min(1).max(64);
const description = text(0, 1024);

/** A new webhook for every session there is and will be. */
export const CreateWebhook = z
  .object({
    url: WebhookUrl,
    events: events.optional().describe('What it hears of; everything (`session.*`) if absent.'),
    description: description.optional(),
    secret: WebhookSecret.optional().describe('Made by the server if absent.'),
  })
  .strict();
export type CreateWebhook = z.infer<typeof CreateWebhook>;

/** Replaces the members that are sent. */
export const UpdateWebhook = z
  .object({
    url: WebhookUrl.optional(),
    events: events.optional(),
    description: description.optional(),
    state: z
      .enum(['enabled', 'disabled'])
      .optional()
      .describe('What came while it was disabled is sent when it is enabled again.'),
  })
  .strict();
export type UpdateWebhook = z.infer<typeof UpdateWebhook>;

/** A new secret; the one before goes on to sign, too, for a while, so that receivers can change over. */
export const RotateWebhookSecret = z
  .object({
    secret: WebhookSecret.optional().describe('Made by the server if absent.'),
    keepSeconds: z
      .number()
      .int()
      .min(0)
      .max(604_800)
      .optional()
      .describe('For how long messages are signed with the secret before as well; a day (86400) if absent.'),
  })
  .strict();
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>;

/** Where messages are sent, and which. With a `taskId` it hears of the sessions of that task only. */
export const Webhook = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string().optional(),
  state: z.enum(['enabled', 'disabled']),
  /** Why it is disabled, when the server did that. */
  reason: z.string().optional(),
  taskId: Ulid.optional(),
  tenantId: z.string().optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Webhook = z.infer<typeof Webhook>;

export const WebhookPage = pageOf(Webhook);

/** A webhook and how it gets on. */
export const WebhookDetail = Webhook.extend({
  /** Sessions of which something has still to be sent. */
  waitingSessions: z.number().int().min(0),
  /** Since when the oldest of them waits. */
  waitingSince: Timestamp.optional(),
  deadLetters: z.number().int().min(0),
});
export type WebhookDetail = z.infer<typeof WebhookDetail>;

/** A webhook with its secret, which is not shown again. */
export const WebhookWithSecret = Webhook.extend({ secret: z.string() });
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>;

/** Webhooks, the newest first. */
export const WebhookQuery = z
  .object({
    ...pageQuery(20),
    taskId: z.string().min(1).max(64).optional().describe('Only webhooks of this task.'),
  })
  .strict();
export type WebhookQuery = z.infer<typeof WebhookQuery>;

/**
 * What became of a message: it is tried again (`retrying`), was taken by the receiver (`delivered`), was given up
 * (`dead`), or waits to be sent once more (`queued`).
 */
export const WebhookDeliveryState = z.enum(['retrying', 'delivered', 'dead', 'queued']);
export type WebhookDeliveryState = z.infer<typeof WebhookDeliveryState>;

/** One message of a webhook. `id` is its `webhook-id`, the same at every attempt. */
export const WebhookDelivery = z.object({
  id: z.string(),
  webhookId: z.string(),
  sessionId: Ulid,
  /** The number of the event in the log of the session. */
  seq: z.number().int().min(1),
  event: z.string(),
  state: WebhookDeliveryState,
  attempts: z.number().int().min(0),
  firstAttemptAt: Timestamp,
  lastAttemptAt: Timestamp,
  nextAttemptAt: Timestamp.optional(),
  /** The HTTP status of the last answer. */
  status: z.number().int().optional(),
  /** What went wrong at the last attempt. */
  error: z.string().optional(),
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const WebhookDeliveryPage = pageOf(WebhookDelivery);

/** The messages of a webhook that were tried, the newest first. */
export const WebhookDeliveryQuery = z
  .object({
    ...pageQuery(20),
    state: WebhookDeliveryState.optional().describe(
      'Only messages in this state; `dead` are the dead letters.',
    ),
    sessionId: z.string().min(1).max(64).optional().describe('Only messages about this session.'),
  })
  .strict();
export type WebhookDeliveryQuery = z.infer<typeof WebhookDeliveryQuery>;

/**
 * What to send once more: messages by their ids, all dead letters, everything about a session after an event, or
 * everything since a time.
 */
export const ReplayWebhook = z.union([
  z.object({ ids: z.array(text(1, 255)).min(1).max(200) }).strict(),
  z.object({ deadLetters: z.literal(true) }).strict(),
  z
    .object({
      sessionId: text(1, 64),
      after: z
        .number()
        .int()
        .min(0)
        .optional()
        .describe('The number of an event of the session; everything about it (0) if absent.'),
    })
    .strict(),
  z.object({ since: TimestampInput }).strict(),
]);
export type ReplayWebhook = z.infer<typeof ReplayWebhook>;

/** How many messages were queued by name, and in how many sessions the place to go on from was set back. */
export const ReplayedWebhook = z.object({
  messages: z.number().int().min(0),
  sessions: z.number().int().min(0),
});
export type ReplayedWebhook = z.infer<typeof ReplayedWebhook>;

/** How the receiver answered a message of the type `webhook.test`. */
export const WebhookTest = z.object({
  id: z.string(),
  delivered: z.boolean(),
  status: z.number().int().optional(),
  error: z.string().optional(),
  durationMs: z.number().min(0),
});
export type WebhookTest = z.infer<typeof WebhookTest>;
