import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const agentSchema: Handler<Contract['catalogue']['agentSchema']> = async ({
  params,
  view,
  signal,
}) => ({
  status: 200,
  body: await view.catalogue.agentSchema(params.file.slice(0, -'.json'.length), { signal }),
});
