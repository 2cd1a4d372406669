import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const healthz: Handler<Contract['service']['healthz']> = async () => ({
  status: 200,
  body: { status: 'ok' },
});
