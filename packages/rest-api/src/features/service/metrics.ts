import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { expositionType, renderExposition } from '../../http/pages/exposition.ts';

export const metrics: Handler<Contract['service']['metrics']> = async ({ service }) => ({
  status: 200,
  body: renderExposition(await service.figures()),
  headers: { 'content-type': expositionType },
});
