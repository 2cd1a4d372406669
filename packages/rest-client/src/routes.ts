import { Problem } from '@agent-harbor/core/problem';

/**
 * Method and path of every route the client calls, by their place in the contract. The contract itself needs zod and
 * stays out of browsers; a test holds this table against it.
 */
export const routes = {
  'tasks.create': ['POST', '/api/v1/tasks'],
  'tasks.get': ['GET', '/api/v1/tasks/:taskId'],
  'sessions.list': ['GET', '/api/v1/sessions'],
  'sessions.get': ['GET', '/api/v1/sessions/:id'],
  'sessions.stop': ['POST', '/api/v1/sessions/:id/stop'],
  'sessions.pause': ['POST', '/api/v1/sessions/:id/pause'],
  'sessions.resume': ['POST', '/api/v1/sessions/:id/resume'],
  'sessions.prompt': ['POST', '/api/v1/sessions/:id/prompt'],
  'sessions.delete': ['DELETE', '/api/v1/sessions/:id'],
  'sessions.events': ['GET', '/api/v1/sessions/:id/events'],
  'sessions.logs': ['GET', '/api/v1/sessions/:id/logs'],
  'approvals.list': ['GET', '/api/v1/approvals'],
  'approvals.ofSession': ['GET', '/api/v1/sessions/:id/approvals'],
  'approvals.answer': ['POST', '/api/v1/sessions/:id/approvals/:approvalId'],
  'events.list': ['GET', '/api/v1/events'],
  'files.list': ['GET', '/api/v1/sessions/:id/files'],
  'files.get': ['GET', '/api/v1/sessions/:id/files/:path'],
  'files.content': ['GET', '/api/v1/sessions/:id/files/:path/content'],
  'files.diff': ['GET', '/api/v1/sessions/:id/diff'],
  'files.fileDiff': ['GET', '/api/v1/sessions/:id/diff/:path'],
  'drafts.list': ['GET', '/api/v1/drafts'],
  'drafts.create': ['POST', '/api/v1/drafts'],
  'drafts.get': ['GET', '/api/v1/drafts/:id'],
  'drafts.update': ['PUT', '/api/v1/drafts/:id'],
  'drafts.delete': ['DELETE', '/api/v1/drafts/:id'],
  'catalogue.agents': ['GET', '/api/v1/agents'],
  'catalogue.agentSchema': ['GET', '/api/v1/schemas/agents/:file'],
  'catalogue.runtimes': ['GET', '/api/v1/runtimes'],
  'catalogue.executors': ['GET', '/api/v1/executors'],
  'catalogue.repos': ['GET', '/api/v1/repos'],
  'catalogue.repository': ['GET', '/api/v1/repositories/:id'],
  'catalogue.branches': ['GET', '/api/v1/repositories/:id/branches'],
  'service.healthz': ['GET', '/healthz'],
  'service.readyz': ['GET', '/readyz'],
  'service.version': ['GET', '/version'],
} as const satisfies Record<string, readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string]>;

export type RouteName = keyof typeof routes;

/** The values of a path's parameters. */
export type PathParams = Readonly<Record<string, string>>;

/** The path of a route with its parameters filled in, each as one percent-encoded segment. */
export const pathOf = (route: RouteName, params: PathParams = {}): string =>
  routes[route][1].replace(/:(\w+)/g, (_, name: string) => segment(route, name, params[name] ?? ''));

/**
 * A value that cannot be addressed by a path names nothing: dot segments would be resolved away, an empty one would
 * reach another route.
 */
const segment = (route: RouteName, name: string, value: string): string => {
  if (value === '' || value === '.' || value === '..' || !value.isWellFormed()) throw nothingAt(route, name);
  return encodeURIComponent(value);
};

const nothingAt = (route: RouteName, name: string): Problem => {
  if (name === 'path') return new Problem('file-not-found');
  if (name === 'approvalId') return new Problem('approval-not-found');
  if (name === 'taskId') return new Problem('task-not-found');
  if (name === 'file') return new Problem('agent-not-found');
  if (route.startsWith('drafts.')) return new Problem('draft-not-found');
  return new Problem(route.startsWith('catalogue.') ? 'repository-not-found' : 'session-not-found');
};
