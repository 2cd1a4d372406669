import type { Contract } from '@agent-harbor/api-contract';
import type { DeliveryOutcome } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const done = (body: DeliveryOutcome) => ({ status: 200, body }) as const;

export const deliver: Handler<Contract['delivery']['deliver']> = async ({ params, body, view, effect }) =>
  done(await view.deliveries.deliver(params.id, body, effect(done)));
