import type { Contract } from '@agent-harbor/api-contract';
import type { LaunchedTask } from '@agent-harbor/api-contract/schemas';
import type { Handler } from '../../http/call.ts';

const created = (task: LaunchedTask) =>
  ({ status: 201, body: task, headers: { location: task.links.task } }) as const;

export const create: Handler<Contract['tasks']['create']> = async ({ body, view, effect }) =>
  created(await view.tasks.launch(body, effect(created)));
