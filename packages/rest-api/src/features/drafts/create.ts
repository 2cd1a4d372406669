import type { Contract } from '@agent-harbor/api-contract';
import type { Draft } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const created = (draft: Draft) =>
  ({ status: 201, body: draft, headers: { location: `/api/v1/drafts/${draft.id}` } }) as const;

export const create: Handler<Contract['drafts']['create']> = async ({ body, view, effect }) =>
  created(await view.tasks.createDraft(body, effect(created)));
