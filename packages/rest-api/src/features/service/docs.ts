import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { docsHeaders, docsPage } from '../../http/pages/docs.ts';

export const docs: Handler<Contract['service']['docs']> = async () => ({
  status: 200,
  body: docsPage(),
  headers: docsHeaders,
});
