import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const version: Handler<Contract['service']['version']> = async ({ service }) => ({
  status: 200,
  body: service.version,
});
