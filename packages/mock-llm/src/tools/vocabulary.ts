/** What one vendor or another calls a tool and its arguments; names without case, `_` and `-`, the usual one first. */
export interface Word {
  readonly tools: readonly string[];
  readonly members: Readonly<Record<string, readonly string[]>>;
}

const path = ['filepath', 'absolutepath', 'path', 'filename', 'file', 'targetfile', 'uri'];
const folder = ['dirpath', 'path', 'directory', 'dir', 'folder', 'relativeworkspacepath'];

export const vocabulary = {
  read: {
    tools: ['read', 'readfile', 'readtextfile', 'view', 'viewfile', 'open', 'cat'],
    members: { path },
  },
  replace: {
    tools: ['edit', 'editfile', 'replace', 'strreplace', 'searchreplace', 'stringreplace', 'updatefile'],
    members: {
      path,
      oldText: ['oldstring', 'oldstr', 'oldtext', 'search', 'old'],
      newText: ['newstring', 'newstr', 'newtext', 'replace', 'new', 'replacement'],
    },
  },
  write: {
    tools: ['write', 'writefile', 'createfile', 'writetextfile', 'savefile', 'create'],
    members: { path, content: ['content', 'contents', 'filetext', 'text', 'data'] },
  },
  run: {
    tools: [
      ...['bash', 'shell', 'shellcommand', 'runshellcommand', 'execcommand', 'runcommand', 'terminal'],
      ...['runterminalcommand', 'runinterminal', 'localshell', 'execute', 'exec', 'runcmd', 'sh', 'cmd'],
    ],
    members: { command: ['command', 'cmd', 'commandline', 'script', 'argv'] },
  },
  plan: {
    tools: ['todowrite', 'writetodos', 'updateplan', 'todo', 'plan'],
    members: { entries: ['todos', 'plan', 'entries', 'items', 'steps'] },
  },
} as const satisfies Record<string, Word>;

/** Members that may stand beside the others. */
export const optional = {
  everywhere: ['replaceall', 'allowmultiple', 'all'],
  cwd: ['workdir', 'cwd', 'workingdirectory', 'dirpath', 'directory'],
} as const;

/** Tools with names of their own in scenarios, and what else they are called. */
export const namedTools: Readonly<Record<string, Word>> = {
  grep: {
    tools: ['grep', 'grepsearch', 'searchfilecontent', 'ripgrep', 'rg', 'search'],
    members: { pattern: ['pattern', 'query', 'regex', 'regexp'], path: folder },
  },
  listDir: { tools: ['ls', 'list', 'listdir', 'listdirectory', 'listfiles'], members: { path: folder } },
  find: {
    tools: ['glob', 'find', 'findfiles', 'filesearch', 'globfilesearch'],
    members: { pattern: ['pattern', 'globpattern', 'query', 'glob'], path: folder },
  },
  task: {
    tools: ['task', 'agent', 'invokeagent', 'subagent', 'spawnagent'],
    members: { prompt: ['prompt', 'message', 'task'], description: ['description', 'title'] },
  },
  webFetch: { tools: ['webfetch', 'fetch'], members: { url: ['url', 'uri'], prompt: ['prompt'] } },
  webSearch: { tools: ['websearch', 'googlewebsearch'], members: { query: ['query', 'q'] } },
  exitPlanMode: { tools: ['exitplanmode'], members: { plan: ['plan'] } },
};

/** A name as it is compared: without what servers of the Model Context Protocol put before it. */
export const plainName = (name: string): string =>
  name
    .slice(name.lastIndexOf('__') + 1)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
