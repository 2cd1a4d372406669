import type { Deliveries } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';

/** How long a repository may take to receive what is large. */
const timeoutMs = 30 * 60_000;

export const createDeliveries = ({ delivery }: Api): Deliveries => ({
  deliver: (sessionId, wish, options) => delivery.deliver(sessionId, wish, { timeoutMs, ...options }),
  delivery: delivery.get,
});
