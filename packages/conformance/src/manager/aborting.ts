import type { CallOptions } from '@agent-harbor/core';
import { rejectsWith, same } from '../expect.ts';
import { type Bench, check } from './bench.ts';

type Call = (bench: Bench, options: CallOptions, sessionId: string) => Promise<unknown>;

/** Every call that answers once; `subscribe` ends without an error instead. */
const calls: Readonly<Record<string, Call>> = {
  launch: (bench, options) => bench.manager.launch(bench.request(), options),
  getTask: ({ manager }, options) => manager.getTask('x', options),
  compareTask: ({ manager }, options) => manager.compareTask('x', options),
  initialTasks: ({ manager }, options) => manager.initialTasks(options),
  listSessions: ({ manager }, options) => manager.listSessions({}, options),
  getSession: ({ manager }, options, id) => manager.getSession(id, options),
  stopSession: ({ manager }, options, id) => manager.stopSession(id, options),
  pauseSession: ({ manager }, options, id) => manager.pauseSession(id, options),
  resumeSession: ({ manager }, options, id) => manager.resumeSession(id, {}, options),
  promptSession: ({ manager }, options, id) => manager.promptSession(id, 'x', options),
  listApprovals: ({ manager }, options) => manager.listApprovals({}, options),
  answerApproval: ({ manager }, options, id) =>
    manager.answerApproval(id, 'x', { outcome: 'denied' }, options),
  cancelSession: ({ manager }, options, id) => manager.cancelSession(id, options),
  listDrafts: ({ manager }, options) => manager.listDrafts({}, options),
  getDraft: ({ manager }, options) => manager.getDraft('x', options),
  createDraft: ({ manager }, options) => manager.createDraft({}, options),
  updateDraft: ({ manager }, options) => manager.updateDraft('x', {}, options),
  deleteDraft: ({ manager }, options) => manager.deleteDraft('x', options),
  changedFiles: ({ workspaces }, options, id) => workspaces.changedFiles(id, {}, options),
  file: ({ workspaces }, options, id) => workspaces.file(id, 'x', options),
  fileContent: ({ workspaces }, options, id) => workspaces.fileContent(id, 'x', options),
  diff: ({ workspaces }, options, id) => workspaces.diff(id, {}, options),
  fileDiff: ({ workspaces }, options, id) => workspaces.fileDiff(id, 'x', {}, options),
  filePreview: ({ workspaces }, options, id) => workspaces.filePreview(id, 'x', {}, options),
  browse: ({ workspaces }, options, id) => workspaces.browse(id, {}, options),
  searchPaths: ({ workspaces }, options, id) => workspaces.searchPaths(id, { q: 'x' }, options),
  searchContent: ({ workspaces }, options, id) => workspaces.searchContent(id, { q: 'x' }, options),
  workspaceInfo: ({ workspaces }, options, id) => workspaces.workspaceInfo(id, options),
  download: ({ workspaces }, options, id) => workspaces.download(id, {}, options),
  openIde: ({ workspaces }, options, id) => workspaces.openIde(id, { ide: 'vscode' }, options),
  sessionInfo: ({ workspaces }, options, id) => workspaces.sessionInfo(id, options),
  agents: ({ catalogue }, options) => catalogue.agents(options),
  agentSchema: ({ catalogue }, options) => catalogue.agentSchema('mock', options),
  runtimes: ({ catalogue }, options) => catalogue.runtimes(options),
  executors: ({ catalogue }, options) => catalogue.executors(options),
  repositories: ({ catalogue }, options) => catalogue.repositories({}, options),
  repository: ({ catalogue }, options) => catalogue.repository('x', options),
  importRepository: ({ catalogue, repo }, options) =>
    catalogue.importRepository({ url: repo.url ?? '' }, options),
  removeRepository: ({ catalogue }, options) => catalogue.removeRepository('x', options),
  branches: ({ catalogue }, options) => catalogue.branches('x', {}, options),
  repositoryFiles: ({ catalogue }, options) => catalogue.repositoryFiles('x', {}, options),
  gitRefs: ({ catalogue, repo }, options) => catalogue.gitRefs({ url: repo.url ?? '' }, options),
  projects: ({ catalogue }, options) => catalogue.projects({}, options),
  workspaces: ({ catalogue }, options) => catalogue.workspaces({}, options),
  workspace: ({ catalogue }, options) => catalogue.workspace('x', options),
  workspaceUsage: ({ catalogue }, options) => catalogue.workspaceUsage('x', {}, options),
};

export const aborting = [
  check(
    'every call can be aborted',
    'with a signal that has fired it is aborted and nothing else',
    async (bench) => {
      const id = await bench.start('waits');
      await bench.reach(id, 'running');
      for (const [name, call] of Object.entries(calls)) {
        await rejectsWith('aborted', bench.settle(call(bench, { signal: AbortSignal.abort() }, id)), name);
      }
      const session = await bench.settle(bench.manager.getSession(id));
      same(session.status, 'running', 'the session that nobody stopped');
    },
  ),

  check('an aborted launch has made nothing', 'what rejects has changed nothing', async (bench) => {
    const before = await bench.launch();
    const labels = { check: before.task_id };
    const refused = bench.launch({ labels }, { signal: AbortSignal.abort() });
    await rejectsWith('aborted', refused, 'launch');
    const { total } = await bench.settle(bench.manager.listSessions({ label: `check:${before.task_id}` }));
    same(total, 0, 'sessions');
  }),

  check('nothing is thrown at once', 'every failure is a rejected promise', async (bench) => {
    const { manager, workspaces, catalogue, settle } = bench;
    const promises: Promise<unknown>[] = [
      manager.getSession(''),
      manager.getTask('..'),
      manager.getDraft('\ud800'),
      workspaces.file('', ''),
      catalogue.agentSchema('/'),
    ];
    const outcomes = await settle(Promise.allSettled(promises));
    same(
      outcomes.map(({ status }) => status),
      promises.map(() => 'rejected'),
      'outcomes',
    );
    // A stream says what is wrong when it is read.
    manager.subscribe('');
  }),
];
