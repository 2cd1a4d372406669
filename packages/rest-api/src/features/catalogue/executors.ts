import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const executors: Handler<Contract['catalogue']['executors']> = async ({ view, signal }) => ({
  status: 200,
  body: { items: [...(await view.catalogue.executors({ signal }))] },
});
