import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';

export const comparison: Handler<Contract['tasks']['comparison']> = async ({ params, view, signal }) => ({
  status: 200,
  body: await view.tasks.compareTask(params.taskId, { signal }),
});
