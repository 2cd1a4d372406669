import type { Webhook } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { findById } from './find-by-id.ts';

/** How a webhook is named on a command line. */
export const webhookArgument = 'its id, the beginning of it, or latest';

/** The webhook a person names: by its id, with or without `wh-`, the beginning of it, or `latest`. */
export const findWebhook = ({ webhooks }: Pick<HarborClient, 'webhooks'>, name: string): Promise<Webhook> =>
  findById<Webhook>(
    {
      noun: 'webhook',
      prefix: 'wh-',
      get: (id) => webhooks.getWebhook(id),
      list: (page) => webhooks.listWebhooks(page),
      describe: ({ url }) => url,
    },
    name,
  );
