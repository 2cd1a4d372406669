import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const agents: Handler<Contract['catalogue']['agents']> = async ({ view, signal }) => ({
  status: 200,
  body: { items: [...(await view.catalogue.agents({ signal }))] },
});
