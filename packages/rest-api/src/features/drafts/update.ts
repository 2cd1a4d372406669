import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { readUnchanged } from '../../http/etag.ts';

export const update: Handler<Contract['drafts']['update']> = async ({
  params,
  headers,
  body,
  view,
  signal,
}) => {
  const ifUnchanged = await readUnchanged(headers['if-match'], () =>
    view.tasks.getDraft(params.id, { signal }),
  );
  return { status: 200, body: await view.tasks.updateDraft(params.id, body, { ifUnchanged, signal }) };
};
