import type { CommandEntry } from '../command.ts';

/** Every command of `ah`, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    path: ['start'],
    summary: 'start the server, run a demo task on it and show what happens',
    load: () => import('./start.ts').then(({ start }) => start),
  },
  {
    path: ['task'],
    summary: 'launch a task: a prompt, a repository, one or more agents',
    load: () => import('./task.ts').then(({ task }) => task),
  },
  {
    path: ['task', 'compare'],
    summary: 'set the sessions of a task side by side, the best first',
    load: () => import('./task/compare.ts').then(({ compare }) => compare),
  },
  {
    path: ['session', 'list'],
    summary: 'list sessions',
    load: () => import('./session/list.ts').then(({ list }) => list),
  },
  {
    path: ['session', 'get'],
    summary: 'show one session',
    load: () => import('./session/get.ts').then(({ get }) => get),
  },
  {
    path: ['session', 'events'],
    summary: 'show what a session did, and follow it live',
    load: () => import('./session/events.ts').then(({ events }) => events),
  },
  {
    path: ['session', 'logs'],
    summary: 'show the log lines of a session',
    load: () => import('./session/logs.ts').then(({ logs }) => logs),
  },
  {
    path: ['session', 'files'],
    summary: 'list the files a session changed',
    load: () => import('./session/files.ts').then(({ files }) => files),
  },
  {
    path: ['session', 'diff'],
    summary: 'show what a session changed',
    load: () => import('./session/diff.ts').then(({ diff }) => diff),
  },
  {
    path: ['session', 'patch'],
    summary: 'take home what a session changed as a patch',
    load: () => import('./session/patch.ts').then(({ patch }) => patch),
  },
  {
    path: ['session', 'browse'],
    summary: 'list a folder of its workspace',
    load: () => import('./session/browse.ts').then(({ browse }) => browse),
  },
  {
    path: ['session', 'find'],
    summary: 'find paths in it by a few letters',
    load: () => import('./session/find.ts').then(({ find }) => find),
  },
  {
    path: ['session', 'search'],
    summary: 'search its files by a regular expression',
    load: () => import('./session/search.ts').then(({ search }) => search),
  },
  {
    path: ['session', 'preview'],
    summary: 'show the beginning of a file',
    load: () => import('./session/preview.ts').then(({ preview }) => preview),
  },
  {
    path: ['session', 'download'],
    summary: 'take its workspace along as an archive',
    load: () => import('./session/download.ts').then(({ download }) => download),
  },
  {
    path: ['session', 'open'],
    summary: 'tell how to open an editor on it',
    load: () => import('./session/open.ts').then(({ open }) => open),
  },
  {
    path: ['session', 'pause'],
    summary: 'make a session stand still',
    load: () => import('./session/pause.ts').then(({ pause }) => pause),
  },
  {
    path: ['session', 'resume'],
    summary: 'let a paused session go on',
    load: () => import('./session/resume.ts').then(({ resume }) => resume),
  },
  {
    path: ['session', 'prompt'],
    summary: 'tell the agent of a session something',
    load: () => import('./session/prompt.ts').then(({ prompt }) => prompt),
  },
  {
    path: ['session', 'chat'],
    summary: 'show what was said in a session, and talk to its agent',
    load: () => import('./session/chat.ts').then(({ chat }) => chat),
  },
  {
    path: ['session', 'threads'],
    summary: 'list and begin the threads of its conversation',
    load: () => import('./session/threads.ts').then(({ threads }) => threads),
  },
  {
    path: ['session', 'context'],
    summary: 'show and change what its agent works with',
    load: () => import('./session/context.ts').then(({ context }) => context),
  },
  {
    path: ['session', 'models'],
    summary: 'list the models its agent named',
    load: () => import('./session/models.ts').then(({ models }) => models),
  },
  {
    path: ['session', 'summarize'],
    summary: 'say what a session did, by rules',
    load: () => import('./session/summarize.ts').then(({ summarize }) => summarize),
  },
  {
    path: ['session', 'attach'],
    summary: 'sit down at the terminal of a session',
    load: () => import('./session/attach.ts').then(({ attach }) => attach),
  },
  {
    path: ['session', 'approvals'],
    summary: 'list what agents ask leave for',
    load: () => import('./session/approvals.ts').then(({ approvals }) => approvals),
  },
  {
    path: ['session', 'approve'],
    summary: 'answer what an agent asks leave for',
    load: () => import('./session/approve.ts').then(({ approve }) => approve),
  },
  {
    path: ['session', 'deliver'],
    summary: 'take the work home: branch, pull request, patch',
    load: () => import('./session/deliver.ts').then(({ deliver }) => deliver),
  },
  {
    path: ['session', 'stop'],
    summary: 'ask a session to end',
    load: () => import('./session/stop.ts').then(({ stop }) => stop),
  },
  {
    path: ['session', 'cancel'],
    summary: 'kill a session and archive it',
    load: () => import('./session/cancel.ts').then(({ cancel }) => cancel),
  },
  {
    path: ['repo', 'list'],
    summary: 'list the repositories the server knows',
    load: () => import('./repo/list.ts').then(({ list }) => list),
  },
  {
    path: ['repo', 'add'],
    summary: 'make one known before a task uses it',
    load: () => import('./repo/add.ts').then(({ add }) => add),
  },
  {
    path: ['repo', 'show'],
    summary: 'show one',
    load: () => import('./repo/show.ts').then(({ show }) => show),
  },
  {
    path: ['repo', 'branches'],
    summary: 'list its branches',
    load: () => import('./repo/branches.ts').then(({ branches }) => branches),
  },
  {
    path: ['repo', 'files'],
    summary: 'list the files git tracks in it',
    load: () => import('./repo/files.ts').then(({ files }) => files),
  },
  {
    path: ['repo', 'refs'],
    summary: 'list branches and tags at any url',
    load: () => import('./repo/refs.ts').then(({ refs }) => refs),
  },
  {
    path: ['repo', 'remove'],
    summary: 'have the server forget one',
    load: () => import('./repo/remove.ts').then(({ remove }) => remove),
  },
  {
    path: ['draft', 'list'],
    summary: 'list tasks that are not launched yet',
    load: () => import('./draft/list.ts').then(({ list }) => list),
  },
  {
    path: ['draft', 'create'],
    summary: 'save a task to be launched later',
    load: () => import('./draft/create.ts').then(({ create }) => create),
  },
  {
    path: ['draft', 'show'],
    summary: 'show one',
    load: () => import('./draft/show.ts').then(({ show }) => show),
  },
  {
    path: ['draft', 'edit'],
    summary: 'change some of one',
    load: () => import('./draft/edit.ts').then(({ edit }) => edit),
  },
  {
    path: ['draft', 'launch'],
    summary: 'launch one as a task',
    load: () => import('./draft/launch.ts').then(({ launch }) => launch),
  },
  {
    path: ['draft', 'delete'],
    summary: 'delete one',
    load: () => import('./draft/delete.ts').then(({ remove }) => remove),
  },
  {
    path: ['webhook', 'list'],
    summary: 'list who is told what happens in sessions',
    load: () => import('./webhook/list.ts').then(({ list }) => list),
  },
  {
    path: ['webhook', 'create'],
    summary: 'tell a url of it',
    load: () => import('./webhook/create.ts').then(({ create }) => create),
  },
  {
    path: ['webhook', 'show'],
    summary: 'show one, and how it gets on',
    load: () => import('./webhook/show.ts').then(({ show }) => show),
  },
  {
    path: ['webhook', 'update'],
    summary: 'change, disable or enable one',
    load: () => import('./webhook/update.ts').then(({ update }) => update),
  },
  {
    path: ['webhook', 'delete'],
    summary: 'delete one',
    load: () => import('./webhook/delete.ts').then(({ remove }) => remove),
  },
  {
    path: ['webhook', 'rotate'],
    summary: 'give one a new secret',
    load: () => import('./webhook/rotate.ts').then(({ rotate }) => rotate),
  },
  {
    path: ['webhook', 'test'],
    summary: 'send it a test message',
    load: () => import('./webhook/test.ts').then(({ test }) => test),
  },
  {
    path: ['webhook', 'deliveries'],
    summary: 'list the messages that were tried',
    load: () => import('./webhook/deliveries.ts').then(({ deliveries }) => deliveries),
  },
  {
    path: ['webhook', 'dead-letters'],
    summary: 'list the messages that were given up',
    load: () => import('./webhook/deliveries.ts').then(({ deadLetters }) => deadLetters),
  },
  {
    path: ['webhook', 'replay'],
    summary: 'send messages once more',
    load: () => import('./webhook/replay.ts').then(({ replay }) => replay),
  },
  {
    path: ['webhook', 'verify'],
    summary: 'check the signature of a message that came',
    load: () => import('./webhook/verify.ts').then(({ verify }) => verify),
  },
  {
    path: ['remote', 'agents'],
    summary: 'list the agents of the server',
    load: () => import('./remote/agents.ts').then(({ agents }) => agents),
  },
  {
    path: ['remote', 'runtimes'],
    summary: 'list its runtimes',
    load: () => import('./remote/runtimes.ts').then(({ runtimes }) => runtimes),
  },
  {
    path: ['remote', 'executors'],
    summary: 'list the hosts that run sessions',
    load: () => import('./remote/executors.ts').then(({ executors }) => executors),
  },
  {
    path: ['remote', 'repos'],
    summary: 'list the repositories it knows',
    load: () => import('./remote/repos.ts').then(({ repos }) => repos),
  },
  {
    path: ['remote', 'projects'],
    summary: 'list its projects',
    load: () => import('./remote/projects.ts').then(({ projects }) => projects),
  },
  {
    path: ['remote', 'workspaces'],
    summary: 'list where sessions work',
    load: () => import('./remote/workspaces.ts').then(({ workspaces }) => workspaces),
  },
  {
    path: ['remote', 'workspace', 'show'],
    summary: 'show one workspace',
    load: () => import('./remote/workspace-show.ts').then(({ workspaceShow }) => workspaceShow),
  },
  {
    path: ['health'],
    summary: 'tell whether the server can do its work',
    load: () => import('./health.ts').then(({ health }) => health),
  },
  {
    path: ['backup'],
    summary: 'back up the state of the server, also while it runs',
    load: () => import('./backup.ts').then(({ backup }) => backup),
  },
  {
    path: ['restore'],
    summary: 'bring a backup back',
    load: () => import('./restore.ts').then(({ restore }) => restore),
  },
  {
    path: ['status'],
    summary: 'show what the server does now, in numbers',
    load: () => import('./status.ts').then(({ status }) => status),
  },
  {
    path: ['conformance'],
    summary: 'check what a server does against what the contract promises',
    load: () => import('./conformance.ts').then(({ conformance }) => conformance),
  },
  {
    path: ['agent', 'access-point'],
    summary: 'run the server',
    load: () => import('./agent/access-point.ts').then(({ accessPoint }) => accessPoint),
  },
  {
    path: ['agent', 'start'],
    summary: 'run an agent here and now, without a server',
    load: () => import('./agent/start.ts').then(({ start }) => start),
  },
  {
    path: ['agent', 'record'],
    summary: 'run an agent under a recorder',
    load: () => import('./agent/record.ts').then(({ record }) => record),
  },
  {
    path: ['agent', 'mock'],
    summary: 'be the agent that plays scenarios, for who writes a client of one',
    load: () => import('./agent/mock.ts').then(({ mock }) => mock),
  },
  {
    path: ['mock-server'],
    summary: 'run the mock server: the same contract, scripted agents',
    load: () => import('./mock-server.ts').then(({ mockServer }) => mockServer),
  },
  {
    path: ['mock-llm'],
    summary: 'run the mock of models: the APIs of the vendors, played from scenarios',
    load: () => import('./mock-llm.ts').then(({ mockLlm }) => mockLlm),
  },
  {
    path: ['scenario', 'list'],
    summary: 'list the built-in scenarios: scripts that play sessions',
    load: () => import('./scenario/list.ts').then(({ list }) => list),
  },
  {
    path: ['scenario', 'show'],
    summary: 'print one as YAML',
    load: () => import('./scenario/show.ts').then(({ show }) => show),
  },
  {
    path: ['scenario', 'check'],
    summary: 'check scenario files',
    load: () => import('./scenario/check.ts').then(({ check }) => check),
  },
  {
    path: ['scenario', 'schema'],
    summary: 'print their JSON Schema, for editors',
    load: () => import('./scenario/schema.ts').then(({ schema }) => schema),
  },
  {
    path: ['scenario', 'play'],
    summary: 'play a scenario here and print what happens',
    load: () => import('./scenario/play.ts').then(({ play }) => play),
  },
  {
    path: ['scenario', 'record'],
    summary: 'print a session as a scenario',
    load: () => import('./scenario/record.ts').then(({ record }) => record),
  },
  {
    path: ['contract', 'diff'],
    summary: 'tell what a change of the contract breaks, and for whom',
    load: () => import('./contract/diff.ts').then(({ diff }) => diff),
  },
  {
    path: ['contract', 'rules'],
    summary: 'list the rules by which it does',
    load: () => import('./contract/rules.ts').then(({ rules }) => rules),
  },
  {
    path: ['completion'],
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./completion.ts').then(({ completion }) => completion),
  },
];
