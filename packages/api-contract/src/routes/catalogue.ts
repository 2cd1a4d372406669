import { policy } from '../policy.ts';
import {
  AgentList,
  BranchList,
  ExecutorList,
  JsonObject,
  Repository,
  RepositoryPage,
  RepositoryQuery,
  RuntimeList,
} from '../schemas/index.ts';
import { agentSchemaParams, noQuery, repositoryParams } from './parameters.ts';
import { c } from './router.ts';

const repositories = {
  method: 'GET',
  summary: 'Repositories known from tasks, last used first',
  query: RepositoryQuery,
  responses: { 200: RepositoryPage },
  metadata: policy(),
} as const;

export const catalogue = c.router({
  agents: {
    method: 'GET',
    path: '/api/v1/agents',
    summary: 'The agent types of this host',
    query: noQuery,
    responses: { 200: AgentList },
    metadata: policy(),
  },
  agentSchema: {
    method: 'GET',
    path: '/api/v1/schemas/agents/:file',
    summary: 'The JSON Schema of an agent type’s settings',
    pathParams: agentSchemaParams,
    query: noQuery,
    responses: { 200: JsonObject },
    metadata: policy(),
  },
  runtimes: {
    method: 'GET',
    path: '/api/v1/runtimes',
    summary: 'The runtimes of this host',
    query: noQuery,
    responses: { 200: RuntimeList },
    metadata: policy(),
  },
  executors: {
    method: 'GET',
    path: '/api/v1/executors',
    summary: 'The hosts that run sessions and what they can do',
    query: noQuery,
    responses: { 200: ExecutorList },
    metadata: policy(),
  },
  repos: { ...repositories, path: '/api/v1/repos' },
  repositories: { ...repositories, path: '/api/v1/repositories' },
  repository: {
    method: 'GET',
    path: '/api/v1/repositories/:id',
    summary: 'One repository',
    pathParams: repositoryParams,
    query: noQuery,
    responses: { 200: Repository },
    metadata: policy(),
  },
  branches: {
    method: 'GET',
    path: '/api/v1/repositories/:id/branches',
    summary: 'The branches of a repository',
    pathParams: repositoryParams,
    query: noQuery,
    responses: { 200: BranchList },
    metadata: policy(),
  },
});
