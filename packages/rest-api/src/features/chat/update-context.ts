import type { Contract } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core';
import type { Handler } from '../../http/call.ts';
import { isUnchanged } from '../../http/etag.ts';

export const updateContext: Handler<Contract['chat']['updateContext']> = async ({
  params,
  headers,
  body,
  view,
  signal,
}) => {
  const { conversations } = view;
  const ifMatch = headers['if-match'];
  const ifUnchanged = ifMatch === undefined ? undefined : await conversations.context(params.id, { signal });
  if (ifMatch !== undefined && !isUnchanged(ifMatch, ifUnchanged)) throw new Problem('precondition-failed');
  return {
    status: 200,
    body: await conversations.updateContext(params.id, body, { ifUnchanged, signal }),
  };
};
