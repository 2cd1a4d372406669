import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const openapi: Handler<Contract['service']['openapi']> = async ({ service }) => ({
  status: 200,
  body: service.openapi(),
});
