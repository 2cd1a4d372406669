// Generated from the contract: `pnpm --filter @agent-harbor/rest-client routes` writes it, a test holds it.

/**
 * Every route that answers programs: its method, its path below `/api/v1/` (or from the root), what it carries beside JSON answers. A
 * parameter of a path is named for what is not found when it names nothing; `*` stands for the name of the route.
 */
export const table = {
  tasks: {
    create: 'POST tasks {}',
    get: 'GET tasks/:task',
    comparison: 'GET tasks/:task/*',
  },
  sessions: {
    list: 'GET sessions',
    get: 'GET sessions/:session',
    info: 'GET sessions/:session/*',
    stop: 'POST sessions/:session/*',
    pause: 'POST sessions/:session/*',
    resume: 'POST sessions/:session/* {}',
    prompt: 'POST sessions/:session/* {}',
    delete: 'DELETE sessions/:session',
    events: 'GET sessions/:session/* sse',
    logs: 'GET sessions/:session/*',
  },
  approvals: {
    list: 'GET approvals',
    ofSession: 'GET sessions/:session/approvals',
    answer: 'POST sessions/:session/approvals/:approval {}',
  },
  chat: {
    messages: 'GET sessions/:session/chat',
    sendMessage: 'POST sessions/:session/chat/messages {}',
    stream: 'POST sessions/:session/chat/* {} sse',
    message: 'GET sessions/:session/chat/messages/:message',
    editMessage: 'PUT sessions/:session/chat/messages/:message {}',
    deleteMessage: 'DELETE sessions/:session/chat/messages/:message',
    retryMessage: 'POST sessions/:session/chat/messages/:message/retry',
    attachment: 'GET sessions/:session/chat/messages/:message/attachments/:attachment',
    threads: 'GET sessions/:session/chat/*',
    createThread: 'POST sessions/:session/chat/threads {}',
    suggestions: 'GET sessions/:session/chat/*',
    context: 'GET sessions/:session/*',
    updateContext: 'PUT sessions/:session/context {}',
    models: 'GET sessions/:session/*',
    summarize: 'GET sessions/:session/*',
  },
  terminal: {
    pty: 'GET sessions/:session/* sse',
    input: 'POST sessions/:session/pty/* {}',
    resize: 'POST sessions/:session/pty/* {}',
  },
  events: {
    list: 'GET events sse',
  },
  files: {
    list: 'GET sessions/:session/files',
    get: 'GET sessions/:session/files/:file',
    content: 'GET sessions/:session/files/:file/*',
    preview: 'GET sessions/:session/files/:file/*',
    search: 'GET sessions/:session/files/*',
    diff: 'GET sessions/:session/*',
    fileDiff: 'GET sessions/:session/diff/:file',
    patch: 'GET sessions/:session/* bytes',
  },
  workspace: {
    files: 'GET sessions/:session/workspace/*',
    info: 'GET sessions/:session/workspace/*',
    searchFiles: 'GET sessions/:session/workspace/search/files',
  },
  drafts: {
    list: 'GET drafts',
    create: 'POST drafts {}',
    get: 'GET drafts/:draft',
    update: 'PUT drafts/:draft {}',
    delete: 'DELETE drafts/:draft',
  },
  catalogue: {
    agents: 'GET agents',
    agentSchema: 'GET schemas/agents/:agent',
    runtimes: 'GET runtimes',
    executors: 'GET executors',
    repos: 'GET repos',
    repositories: 'GET repositories',
    repository: 'GET repositories/:repository',
    branches: 'GET repositories/:repository/*',
  },
  service: {
    healthz: 'GET /*',
    readyz: 'GET /*',
    version: 'GET /*',
    openapi: 'GET openapi.json',
  },
} as const;
