import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { readUnchanged } from '../../http/etag.ts';

export const updateContext: Handler<Contract['chat']['updateContext']> = async ({
  params,
  headers,
  body,
  view,
  signal,
}) => {
  const { conversations } = view;
  const ifUnchanged = await readUnchanged(headers['if-match'], () =>
    conversations.context(params.id, { signal }),
  );
  return {
    status: 200,
    body: await conversations.updateContext(params.id, body, { ifUnchanged, signal }),
  };
};
