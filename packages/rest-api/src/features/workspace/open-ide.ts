import type { Contract } from '@agent-harbor/api-contract';
import type { IdeLink } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const opened = (body: IdeLink) => ({ status: 200, body }) as const;

export const openIde: Handler<Contract['workspace']['openIde']> = async ({ params, body, view, effect }) =>
  opened(await view.workspaces.openIde(params.id, body, effect(opened)));
