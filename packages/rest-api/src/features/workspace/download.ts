import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const download: Handler<Contract['workspace']['download']> = async ({
  params,
  query,
  view,
  signal,
}) => ({
  status: 200,
  bytes: await view.workspaces.download(params.id, query, { signal }),
  filename: `${[params.id, query.path ?? '']
    .join('-')
    .replace(/[^\w.-]+/g, '_')
    .replace(/[-_.]+$/, '')
    .slice(0, 120)}.tar.gz`,
});
