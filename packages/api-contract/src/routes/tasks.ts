import { policy } from '../policy.ts';
import { Comparison, CreateTask, LaunchedTask, Task } from '../schemas/index.ts';
import { conditionalHeaders, idempotencyHeaders, noQuery, taskParams } from './parameters.ts';
import { c, problem } from './router.ts';

export const tasks = c.router({
  create: {
    method: 'POST',
    path: '/api/v1/tasks',
    summary: 'Launch a task: one session per agent and count; all are created or none',
    headers: idempotencyHeaders,
    query: noQuery,
    body: CreateTask,
    responses: { 201: LaunchedTask, 409: problem, 422: problem },
    metadata: policy({ role: 'operator', idempotent: true }),
  },
  get: {
    method: 'GET',
    path: '/api/v1/tasks/:taskId',
    summary: 'A task and its sessions',
    pathParams: taskParams,
    headers: conditionalHeaders,
    query: noQuery,
    responses: { 200: Task, 304: c.noBody() },
    metadata: policy(),
  },
  comparison: {
    method: 'GET',
    path: '/api/v1/tasks/:taskId/comparison',
    summary:
      'The sessions of a task side by side: time, tokens, cost, size of the change and the checks, the best first',
    pathParams: taskParams,
    query: noQuery,
    responses: { 200: Comparison },
    metadata: policy(),
  },
});
