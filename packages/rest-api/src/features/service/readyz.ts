import type { Contract } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core';
import type { Handler } from '../../http/call.ts';

export const readyz: Handler<Contract['service']['readyz']> = async ({ service }) => {
  const reasons = [...(await service.readiness())];
  if (reasons.length === 0) return { status: 200, body: { status: 'ready', reasons } };
  throw new Problem('not-ready', {
    detail: `The service cannot do its work now: ${reasons.join('; ')}`,
    errors: { reasons },
  });
};
