import { CreateTask, type LaunchedTask } from '@agent-harbor/api-contract/schemas';
import type { LocalOptions, MutationOptions } from '../call.ts';
import { repositoryOf } from '../catalogue/repository.ts';
import type { Clock } from '../clock.ts';
import type { Deliverer } from '../delivery/deliverer.ts';
import type { Executor } from '../executor/executor.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { fieldProblem, throwIfAborted } from '../problem.ts';
import { presentLaunch } from '../session/present.ts';
import type { FairQueue } from '../session/queue.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Change, Store } from '../store/store.ts';
import type { Dispatch } from '../webhook/dispatch.ts';
import { makeWebhook, rowOf, wishesOf } from '../webhook/make.ts';
import { planLaunch } from './plan-launch.ts';

export interface LaunchParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly deliverer: Deliverer;
  readonly queue: FairQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly dispatch: Dispatch | undefined;
}

/** Checks the request against the host, writes task and sessions in one commit, then lets the sessions wait their turn. */
export const launch = async (
  { store, sessions, executor, deliverer, queue, clock, ids, dispatch }: LaunchParts,
  wish: CreateTask,
  options: MutationOptions & LocalOptions<LaunchedTask>,
): Promise<LaunchedTask> => {
  throwIfAborted(options.signal);
  const request = inTenant(parse(CreateTask, wish), options.scope?.tenantId ?? undefined);
  const { delivery, repo } = request;
  if (delivery?.mode === 'pr' && repo.url !== undefined) deliverer.forgeOf(repo.url, 'delivery.mode');
  await executor.check(request, options.signal);
  throwIfAborted(options.signal);

  const now = clock.now();
  // Their secrets belong to them alone, and not to what is kept of the task.
  const { webhooks, ...work } = request;
  const plan = planLaunch(work, ids, now);
  const { task } = plan;
  const { traceparent } = options;
  const records =
    traceparent === undefined ? plan.sessions : plan.sessions.map((record) => ({ ...record, traceparent }));
  const made =
    webhooks === undefined
      ? undefined
      : wishesOf(webhooks, senderOf(dispatch), { taskId: task.id, tenantId: task.tenantId }).map((wish) =>
          makeWebhook(wish, { ids, sender: senderOf(dispatch), now }),
        );
  const launched = {
    ...presentLaunch(
      task.id,
      records.map(({ id }) => id),
    ),
    ...(made === undefined ? {} : { webhooks: made }),
  };
  const used = await catalogued(store, request, now);
  const create = (rows: readonly Change[]) =>
    sessions.create(records, { type: 'status', status: 'queued' }, [
      { kind: 'task-created', task },
      ...used,
      ...rows,
      ...(options.alongside?.(launched) ?? []),
    ]);
  if (made === undefined || dispatch === undefined) await create([]);
  else await dispatch.making((rows) => create([...made.map(rowOf), ...rows]));
  for (const { id } of records) queue.add(task.id, id);
  return launched;
};

const senderOf = (dispatch: Dispatch | undefined) => {
  if (dispatch !== undefined) return dispatch.sender;
  throw fieldProblem('webhooks', 'are not sent by this host');
};

/** Who may see one tenant only creates in that tenant, whatever the request says. */
const inTenant = (request: CreateTask, tenantId: string | undefined): CreateTask =>
  tenantId === undefined ? request : { ...request, tenantId };

/** Repository and project go to the top of the catalogue; what was learned of them stays. */
const catalogued = async (
  store: Store,
  { repo, tenantId, projectId }: CreateTask,
  now: number,
): Promise<readonly Change[]> => {
  const project: readonly Change[] =
    projectId === undefined ? [] : [{ kind: 'project-used', id: projectId, tenantId, at: now }];
  if (repo.url === undefined) return project;
  const repository = repositoryOf(repo.url, tenantId, null, now);
  const known = await store.repository({ tenantId: tenantId ?? null }, repository.id);
  const { defaultBranch, displayName } = known ?? repository;
  const used = { ...repository, defaultBranch, displayName };
  return [{ kind: 'repository-used', repository: used, tenantId, projectId }, ...project];
};
