import {
  ApprovalState,
  EventType,
  Level,
  ScmProvider,
  SessionStatus,
  WebhookDeliveryState,
  WorkspaceStatus,
} from '@agent-harbor/api-contract/schemas';

/** What there is a list of that only the server, or this program, can give. */
export type Named =
  | 'session'
  | 'approval'
  | 'agent'
  | 'scenario'
  | 'repository'
  | 'draft'
  | 'workspace'
  | 'project'
  | 'webhook';

/** The words of one command, the flags it takes, and what comes first behind it. */
export interface Completable {
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly string[];
  readonly takes: Named | undefined;
}

/** What may follow a beginning of a command: the next words, or the flags. */
export interface Following {
  readonly words: readonly string[];
  /** What may be named there, too. */
  readonly takes: Named | undefined;
  /** Whether it is a whole command: its flags may follow its arguments as well. */
  readonly whole: boolean;
}

/** By the words so far. */
export const following = (commands: readonly Completable[]): ReadonlyMap<string, Following> => {
  const found = new Map<string, { words: string[]; takes: Named | undefined; whole: boolean }>();
  const at = (start: readonly string[]) => {
    const key = start.join(' ');
    const known = found.get(key) ?? { words: [], takes: undefined, whole: false };
    found.set(key, known);
    return known;
  };
  for (const { path, flags, takes } of commands) {
    for (const [index, word] of path.entries()) {
      const { words } = at(path.slice(0, index));
      if (!words.includes(word)) words.push(word);
    }
    const whole = at(path);
    whole.words.push(...flags);
    whole.takes = takes;
    whole.whole = true;
  }
  return found;
};

/** Asks for what can be named, one on each line; without a server it says nothing, and at once. */
export const listNames: Readonly<Record<Named, string>> = {
  session: 'ah session list --names --archived --limit 50 2>/dev/null',
  approval: 'ah session approvals --ids --limit 50 2>/dev/null',
  agent: 'ah remote agents --types 2>/dev/null',
  scenario: 'ah scenario list --names 2>/dev/null',
  repository: 'ah repo list --names --limit 200 2>/dev/null',
  draft: 'ah draft list --ids --limit 200 2>/dev/null',
  workspace: 'ah remote workspaces --ids --limit 50 2>/dev/null',
  project: 'ah remote projects --ids --limit 200 2>/dev/null',
  webhook: 'ah webhook list --ids --limit 200 2>/dev/null',
};

/** What else names one of them. */
export const otherNames: Readonly<Record<Named, readonly string[]>> = {
  session: ['latest'],
  approval: ['latest'],
  agent: [],
  scenario: [],
  repository: ['latest'],
  draft: ['latest'],
  workspace: ['latest'],
  project: [],
  webhook: ['latest'],
};

/** What a webhook hears of. */
const sessionWords = [...new Set([...SessionStatus.options, ...EventType.options])];

/** What may stand behind a flag, whichever command has it. Behind the others stands anything, or a file. */
export const flagValues: Readonly<Record<string, Named | readonly string[]>> = {
  '--session': 'session',
  '--agent': 'agent',
  '--project': 'project',
  '--provider': ScmProvider.options,
  '--level': Level.options,
  '--type': EventType.options,
  // Of sessions, and of workspaces.
  '--status': [...SessionStatus.options, ...WorkspaceStatus.options],
  // Of approvals, and of messages of webhooks.
  '--state': [...ApprovalState.options, 'all', ...WebhookDeliveryState.options],
  '--event': sessionWords,
  '--webhook-event': sessionWords,
};

/** The word for what is named by the first argument of a command; undefined where anything may stand. */
export const namedBy = (path: readonly string[], argument: string | undefined): Named | undefined => {
  switch (argument) {
    case 'session':
    case 'approval':
    case 'repository':
    case 'draft':
    case 'workspace':
    case 'webhook':
      return argument;
  }
  if (argument === 'type' && path.join(' ') === 'remote agents') return 'agent';
  const isScenario = argument === 'scenario' || (argument === 'name' && path.join(' ') === 'scenario show');
  return isScenario ? 'scenario' : undefined;
};
