import type {
  CreateWebhook,
  Page,
  ReplayedWebhook,
  ReplayWebhook,
  RotateWebhookSecret,
  UpdateWebhook,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryQuery,
  WebhookDetail,
  WebhookQuery,
  WebhookTest,
  WebhookWithSecret,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, LocalOptions, MutationOptions } from '../call.ts';
import type { Query } from '../task/task-manager.ts';

/**
 * Who is told of what happens. A webhook is a cursor over the log of every session it hears of: messages go out at least
 * once, in the order of the log, and one that is not taken holds back those of its session at that webhook and no other.
 * All reject with `webhook-not-found`.
 */
export interface Webhooks {
  /** The newest first. */
  listWebhooks(query?: Query<WebhookQuery>, options?: CallOptions): Promise<Page<Webhook>>;
  /** With how many sessions it is behind, and since when. */
  getWebhook(webhookId: string, options?: CallOptions): Promise<WebhookDetail>;
  /** Hears of what happens from now on. Rejects with `invalid-request` for a url that this host does not call. */
  createWebhook(webhook: CreateWebhook, options?: MutationOptions): Promise<WebhookWithSecret>;
  /**
   * Replaces the members that are sent; enabled again, it hears of what came meanwhile. Rejects with `invalid-request` for a url
   * that this host does not call.
   */
  updateWebhook(webhookId: string, update: UpdateWebhook, options?: CallOptions): Promise<Webhook>;
  /** Nothing more is sent, also of what waits, and what was tried is forgotten. */
  deleteWebhook(webhookId: string, options?: CallOptions): Promise<void>;
  /** Messages are signed with the secret before as well, for a while, so that the receiver can change over. */
  rotateWebhookSecret(
    webhookId: string,
    rotation?: RotateWebhookSecret,
    options?: MutationOptions,
  ): Promise<WebhookWithSecret>;
  /** Sends a message of the type `webhook.test`, once, past all others. */
  testWebhook(webhookId: string, options?: MutationOptions): Promise<WebhookTest>;
  /** Messages that were tried, the newest first. */
  webhookDeliveries(
    webhookId: string,
    query?: Query<WebhookDeliveryQuery>,
    options?: CallOptions,
  ): Promise<Page<WebhookDelivery>>;
  /** Rejects with `session-not-found` too, and with `invalid-request` for a message that is not known any more. */
  replayWebhook(
    webhookId: string,
    replay: ReplayWebhook,
    options?: MutationOptions,
  ): Promise<ReplayedWebhook>;
}

/** The same for a caller in the process. */
export interface LocalWebhooks extends Webhooks {
  createWebhook(
    webhook: CreateWebhook,
    options?: MutationOptions & LocalOptions<WebhookWithSecret>,
  ): Promise<WebhookWithSecret>;
  rotateWebhookSecret(
    webhookId: string,
    rotation?: RotateWebhookSecret,
    options?: MutationOptions & LocalOptions<WebhookWithSecret>,
  ): Promise<WebhookWithSecret>;
  testWebhook(webhookId: string, options?: MutationOptions & LocalOptions<WebhookTest>): Promise<WebhookTest>;
  replayWebhook(
    webhookId: string,
    replay: ReplayWebhook,
    options?: MutationOptions & LocalOptions<ReplayedWebhook>,
  ): Promise<ReplayedWebhook>;
}
