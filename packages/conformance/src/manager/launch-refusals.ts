import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { holds, rejectsWith } from '../expect.ts';
import { type Bench, check } from './bench.ts';

type Change = (request: CreateTask, bench: Bench) => unknown;

const withAgent =
  (change: object): Change =>
  (request, bench) => ({ ...request, agents: [{ ...bench.agent('waits'), ...change }] });
const withRepo =
  (change: object): Change =>
  (request) => ({ ...request, repo: { mode: 'git', url: 'https://example.com/a/b.git', ...change } });
const without =
  (member: keyof CreateTask): Change =>
  (request) => ({ ...request, [member]: undefined });
const withMembers =
  (members: object): Change =>
  (request) => ({ ...request, ...members });

/** What is wrong, the field that must be named, and how to make it wrong. */
const refusals: readonly (readonly [string, string, Change])[] = [
  ['no prompt', 'prompt', without('prompt')],
  ['an empty prompt', 'prompt', withMembers({ prompt: '' })],
  ['a prompt with NUL', 'prompt', withMembers({ prompt: 'a\u0000b' })],
  ['a prompt without blocks', 'prompt', withMembers({ prompt: [] })],
  ['no repo', 'repo', without('repo')],
  ['an unknown repo mode', 'repo.mode', withRepo({ mode: 'svn' })],
  ['a git repo without url', 'repo.url', withRepo({ url: undefined })],
  ['a url that runs a program', 'repo.url', withRepo({ url: 'ext::sh -c id' })],
  ['a url that is an option', 'repo.url', withRepo({ url: '--upload-pack=id' })],
  ['a host that is an option', 'repo.url', withRepo({ url: 'ssh://-oProxyCommand=id/x' })],
  ['a relative path', 'repo.url', withRepo({ url: './somewhere' })],
  ['a branch git refuses', 'repo.branch', withRepo({ branch: 'a..b' })],
  ['a commit that is none', 'repo.commit', withRepo({ commit: 'HEAD' })],
  ['no repository but a url', 'repo.mode', withRepo({ mode: 'none' })],
  ['no agents', 'agents', without('agents')],
  ['an empty list of agents', 'agents', withMembers({ agents: [] })],
  ['agents and agent', 'agents', (request, bench) => ({ ...request, agent: bench.agent('waits') })],
  ['a check that needs a shell', 'checks.0', withMembers({ checks: ['npm ci && npm test'] })],
  ['a check without words', 'checks.1', withMembers({ checks: ['npm test', '  '] })],
  ['an unknown agent', 'agents.0.type', withAgent({ type: 'hal-9000' })],
  [
    'a model for an agent that cannot be told one',
    'agents.0.model',
    withMembers({ agents: [{ type: 'command', model: 'large', settings: { command: ['true'] } }] }),
  ],
  ['no instances', 'agents.0.count', withAgent({ count: 0 })],
  ['half an instance', 'agents.0.count', withAgent({ count: 1.5 })],
  [
    'too many sessions',
    'agents',
    (request, bench) => ({ ...request, agents: Array(4).fill({ ...bench.agent('waits'), count: 32 }) }),
  ],
  ['an unknown runtime', 'runtime.type', withMembers({ runtime: { type: 'mainframe' } })],
  ['an unknown delivery', 'delivery.mode', withMembers({ delivery: { mode: 'pigeon' } })],
  [
    'a target branch git refuses',
    'delivery.targetBranch',
    withMembers({ delivery: { mode: 'branch', targetBranch: 'a b' } }),
  ],
  ['a label that is no text', 'labels.a', withMembers({ labels: { a: 1 } })],
  ['a misspelt member', 'promt', withMembers({ promt: 'x' })],
  ['a misspelt member of an agent', 'agents.0.modle', withAgent({ modle: 'x' })],
  [
    'a branch to deliver without a repository',
    'delivery.mode',
    withMembers({ repo: { mode: 'none' }, delivery: { mode: 'branch' } }),
  ],
];

export const launchRefusals = refusals.map(([wrong, field, change]) =>
  check(`launch refuses ${wrong}`, `the problem names ${field}`, async (bench) => {
    const request = change(bench.request(), bench);
    // Callers without types send anything: this is what they get.
    const problem = await rejectsWith('invalid-request', bench.launch(request as CreateTask), 'launch');
    const fields = Object.keys(problem.errors ?? {});
    holds(fields.includes(field), `expected ${field} to be named, got ${fields.join(', ') || 'no field'}`);
  }),
);
