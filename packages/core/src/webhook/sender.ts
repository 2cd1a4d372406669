/** One signed request to a receiver, as an adapter is to make it. */
export interface WebhookRequest {
  readonly url: string;
  /** The `webhook-id`: the same at every attempt, so that a receiver can drop doubles. */
  readonly id: string;
  /** When it is sent, seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
  /** It is signed with each of them; never empty. */
  readonly secrets: readonly string[];
}

/**
 * What came of a request. `failed` is everything but an HTTP answer, also an address that this host does not call; its
 * `reason` holds no secret and nothing of the url but its host.
 */
export type WebhookAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'failed'; readonly reason: string };

/** Makes signed requests. What has no limit of time here is limited by the adapter: to connect, to be answered, in all. */
export interface WebhookSender {
  /** What is wrong with a url, as far as that can be told without a request; undefined when nothing is. */
  refusal(url: string): string | undefined;
  /** A new secret in the form of the Standard Webhooks convention. */
  newSecret(): string;
  /** Makes one attempt. Never rejects but with what the signal was aborted for. */
  send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>;
}
