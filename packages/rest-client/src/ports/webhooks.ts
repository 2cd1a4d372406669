import type { Webhooks } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';

export const createWebhooks = ({ webhooks }: Api): Webhooks => ({
  listWebhooks: webhooks.list,
  getWebhook: webhooks.get,
  createWebhook: webhooks.create,
  updateWebhook: webhooks.update,
  deleteWebhook: webhooks.delete,
  rotateWebhookSecret: (id, rotation = {}, options) => webhooks.rotate(id, rotation, options),
  testWebhook: webhooks.test,
  webhookDeliveries: webhooks.deliveries,
  replayWebhook: webhooks.replay,
});
