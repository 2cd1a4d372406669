import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const runtimes: Handler<Contract['catalogue']['runtimes']> = async ({ view, signal }) => ({
  status: 200,
  body: { items: [...(await view.catalogue.runtimes({ signal }))] },
});
