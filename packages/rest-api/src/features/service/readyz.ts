import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const readyz: Handler<Contract['service']['readyz']> = async ({ service }) => {
  const reasons = [...(await service.readiness())];
  return reasons.length === 0
    ? { status: 200, body: { status: 'ready', reasons } }
    : { status: 503, body: { status: 'not-ready', reasons } };
};
