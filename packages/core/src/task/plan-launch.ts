import type {
  AgentChoice,
  ContentBlock,
  CreateTask,
  Delivery,
  Prompt,
  Repo,
} from '@agent-harbor/api-contract/schemas';
import { withoutPassword } from '../catalogue/repository.ts';
import { timestamp } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { fieldProblem } from '../problem.ts';
import type { SessionRecord, TaskRecord } from '../session/record.ts';
import { checkLine } from './checks.ts';

/** What a launch writes. */
export interface LaunchPlan {
  readonly task: TaskRecord;
  readonly sessions: readonly SessionRecord[];
}

/** The task and its sessions, agents × count, as a request asks for them. */
export const planLaunch = (request: CreateTask, ids: Ids, now: number): LaunchPlan => {
  const delivery = deliveryOf(request);
  const createdAt = timestamp(now);
  const taskId = ids.next('task', '');
  const shared = {
    ...(request.tenantId === undefined ? {} : { tenantId: request.tenantId }),
    ...(request.projectId === undefined ? {} : { projectId: request.projectId }),
    prompt: promptText(request.prompt),
    repo: repoOf(request),
    runtime: request.runtime ?? { type: 'local' },
    labels: request.labels ?? {},
    createdAt,
  };
  const choices = request.agents ?? (request.agent === undefined ? [] : [request.agent]);
  for (const [index, choice] of choices.entries())
    checkModel(choice, request.agents === undefined ? 'agent' : `agents.${index}`);
  const runs = choices.flatMap((choice) => Array.from({ length: countOf(choice) }, () => choice));
  return {
    task: { ...shared, id: taskId, delivery, request },
    sessions: runs.map((choice, index): SessionRecord => {
      const id = ids.next('session', taskId);
      return {
        ...shared,
        id,
        taskId,
        status: 'queued',
        task: { prompt: shared.prompt, attachments: attachments(request.prompt), labels: shared.labels },
        agent: {
          type: choice.type,
          version: choice.version ?? 'latest',
          ...(choice.model === undefined ? {} : { model: choice.model }),
          ...(choice.displayName === undefined ? {} : { displayName: choice.displayName }),
          settings: choice.settings ?? {},
        },
        delivery: sessionDelivery(delivery, shared.prompt, id, index),
        workspace: { id: `ws-${id}`, mountPath: null, executorId: null, state: 'pending' },
        changes: { files_changed: 0, lines_added: 0, lines_removed: 0 },
        ...(request.checks === undefined
          ? {}
          : { checks: request.checks.map((check) => ({ command: checkLine(check), state: 'pending' })) }),
        updatedAt: createdAt,
      };
    }),
  };
};

/** A program that is only given its prompt cannot be told a model: one that was asked for would be silently another. */
const checkModel = ({ type, model }: AgentChoice, path: string): void => {
  if (type !== 'command' || model === undefined) return;
  throw fieldProblem(
    `${path}.model`,
    'cannot be told to a command agent; leave it out and name the model in settings.command, as the program takes it',
  );
};

const countOf = (choice: AgentChoice): number => choice.count ?? choice.instances ?? 1;

const repoOf = ({ repo }: CreateTask): Repo => ({
  mode: repo.mode,
  ...(repo.url === undefined ? {} : { url: withoutPassword(repo.url) }),
  ...(repo.branch === undefined ? {} : { branch: repo.branch }),
  ...(repo.commit == null ? {} : { commit: repo.commit }),
});

/** In mode `branch` the two words for the branch are one: `targetBranch`. */
const deliveryOf = ({ delivery, repo }: CreateTask): Delivery => {
  if (delivery === undefined) return { mode: repo.mode === 'git' ? 'branch' : 'none' };
  const { mode, branch, targetBranch } = delivery;
  if (mode === 'none' || mode === 'patch') return { mode };
  if (repo.mode === 'none') {
    throw fieldProblem(
      'delivery.mode',
      `must be none or patch when repo.mode is none: there is no repository for a ${mode === 'pr' ? 'pull request' : 'branch'}`,
    );
  }
  if (mode === 'branch') return { mode, targetBranch: branch ?? targetBranch };
  if (branch !== undefined && branch === (targetBranch ?? repo.branch))
    throw fieldProblem(
      'delivery.branch',
      'must be another one than the branch the pull request is for, which is the one the work begins on',
    );
  return { mode, branch, targetBranch };
};

/** The branches a task asks for by name, one for each of its sessions; none where their names are made up. */
export const wishedBranches = (request: CreateTask): readonly string[] => {
  const { mode, branch, targetBranch } = deliveryOf(request);
  const wished = mode === 'branch' ? targetBranch : branch;
  if (wished === undefined) return [];
  const choices = request.agents ?? (request.agent === undefined ? [] : [request.agent]);
  const count = choices.reduce((sum, choice) => sum + countOf(choice), 0);
  return Array.from({ length: count }, (_, index) => numbered(wished, index));
};

const numbered = (wished: string, index: number): string => (index === 0 ? wished : `${wished}-${index + 1}`);

/** Every session delivers to a branch of its own: the wished one gets a number from the second session on. */
const sessionDelivery = (delivery: Delivery, prompt: string, id: string, index: number): Delivery => {
  const { mode, branch, targetBranch } = delivery;
  if (mode === 'none' || mode === 'patch') return { mode };
  const wished = mode === 'branch' ? targetBranch : branch;
  const name = wished === undefined ? madeUpBranch(prompt, id) : numbered(wished, index);
  if (mode === 'branch') return { mode, targetBranch: name };
  return { mode, branch: name, ...(targetBranch === undefined ? {} : { targetBranch }) };
};

/** The branch of a session nobody named one for. */
export const madeUpBranch = (prompt: string, sessionId: string): string =>
  `ah/${slug(prompt)}${sessionId.slice(-8).toLowerCase()}`;

const slug = (prompt: string): string => {
  const words = prompt.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const text = words.slice(0, 6).join('-').slice(0, 40).replace(/-$/, '');
  return text === '' ? '' : `${text}-`;
};

/** The prompt as plain text: what lists and commit messages show. */
export const promptText = (prompt: Prompt): string =>
  typeof prompt === 'string' ? prompt : prompt.map(blockText).join('\n\n');

const blockText = (block: ContentBlock): string => {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.type} ${block.mimeType}]`;
    case 'resource_link':
      return `[${block.name}](${block.uri})`;
    case 'resource':
      return block.resource.text ?? `[resource ${block.resource.uri}]`;
  }
};

/** What the prompt carries beside text, without its bytes. */
const attachments = (prompt: Prompt): unknown[] =>
  typeof prompt === 'string' ? [] : prompt.filter(({ type }) => type !== 'text').map(attachment);

const attachment = (block: ContentBlock): unknown => {
  switch (block.type) {
    case 'text':
      return { type: block.type };
    case 'image':
    case 'audio':
      return { type: block.type, mimeType: block.mimeType };
    case 'resource_link':
      return { type: block.type, uri: block.uri, name: block.name };
    case 'resource':
      return { type: block.type, uri: block.resource.uri };
  }
};
