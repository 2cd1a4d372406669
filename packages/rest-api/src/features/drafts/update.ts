import type { Contract } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core';
import type { Handler } from '../../http/call.ts';
import { isUnchanged } from '../../http/etag.ts';

export const update: Handler<Contract['drafts']['update']> = async ({
  params,
  headers,
  body,
  view,
  signal,
}) => {
  const ifMatch = headers['if-match'];
  const ifUnchanged = ifMatch === undefined ? undefined : await view.tasks.getDraft(params.id, { signal });
  if (ifMatch !== undefined && !isUnchanged(ifMatch, ifUnchanged)) throw new Problem('precondition-failed');
  return { status: 200, body: await view.tasks.updateDraft(params.id, body, { ifUnchanged, signal }) };
};
