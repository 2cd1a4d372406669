import type { Contract } from '@agent-harbor/api-contract';
import type { Repository } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const imported = (repository: Repository) =>
  ({
    status: 201,
    body: repository,
    headers: { location: `/api/v1/repositories/${repository.id}` },
  }) as const;

export const importRepository: Handler<Contract['catalogue']['importRepository']> = async ({
  body,
  view,
  effect,
}) => imported(await view.catalogue.importRepository(body, effect(imported)));
