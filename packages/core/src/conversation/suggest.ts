import type { SessionEvent, Suggestion, Suggestions } from '@agent-harbor/api-contract/schemas';
import { Problem } from '../problem.ts';
import type { SessionRecord } from '../session/record.ts';
import type { ReadFile } from './attach.ts';

/** What the rules look at. */
export const tellingTypes = ['tool_use', 'tool_result', 'file_edit', 'approval'] as const;

/** What could be said next, by rules: what failed, what waits, what was changed and not tested. */
export const suggest = async (
  session: SessionRecord,
  events: readonly SessionEvent[],
  read: ReadFile,
): Promise<Suggestions> => {
  const command = await testCommand(read);
  const edited = [
    ...new Set(events.flatMap((event) => (event.type === 'file_edit' ? [event.file_path] : []))),
  ];
  const found = [
    ...unanswered(events),
    ...failed(events),
    ...untested(events, edited, command),
    ...withoutTests(edited),
    ...ended(session),
  ];
  return {
    source: 'rules',
    context_suggestions: found,
    quick_actions: [
      ...(command === undefined
        ? []
        : [action('run_tests', 'Run the tests', 'play', `Run \`${command}\` and mend what fails.`)]),
      ...(edited.length === 0
        ? []
        : [
            action(
              'explain_changes',
              'Explain the changes',
              'question',
              'Explain what you changed, and why.',
            ),
          ]),
    ],
  };
};

const action = (id: string, label: string, icon: string, content: string) => ({
  id,
  label,
  icon,
  action: 'send_message' as const,
  params: { content },
});

const unanswered = (events: readonly SessionEvent[]): Suggestion[] => {
  const open = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'approval') continue;
    if (event.state === 'requested') open.set(event.approvalId, event.title);
    else open.delete(event.approvalId);
  }
  return [...open.values()].map((title) => ({
    type: 'action',
    title: 'Answer what the agent asks',
    description: `It waits for leave: ${title}`,
    relevance: 'high',
  }));
};

/** What failed last of each tool, and has not gone well since. */
const failed = (events: readonly SessionEvent[]): Suggestion[] => {
  const last = new Map<string, Extract<SessionEvent, { type: 'tool_result' }>>();
  for (const event of events) if (event.type === 'tool_result') last.set(event.tool_name, event);
  return [...last.values()].flatMap(({ status, tool_name, tool_output }) =>
    status === 'failed'
      ? [
          {
            type: 'action',
            title: `Mend what ${tool_name} failed at`,
            description: lastLine(tool_output).slice(0, 200),
            relevance: 'high',
          },
        ]
      : [],
  );
};

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

const untested = (
  events: readonly SessionEvent[],
  edited: readonly string[],
  command: string | undefined,
): Suggestion[] => {
  if (command === undefined || edited.length === 0) return [];
  const lastEdit = events.findLastIndex(({ type }) => type === 'file_edit');
  const isTested = events
    .slice(lastEdit)
    .some((event) => event.type === 'tool_use' && /\btest/i.test(JSON.stringify(event.tool_args)));
  if (isTested) return [];
  const description = `Nothing was tested since ${edited.at(-1)} changed.`;
  return [{ type: 'action', title: 'Run the tests', description, command, relevance: 'medium' }];
};

const isTest = (path: string): boolean => /(?:^|[./_-])(?:tests?|specs?|__tests__)(?:[./_-]|$)/i.test(path);
const isCode = (path: string): boolean =>
  /\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|rb|php|cs|c|cc|cpp|h|hpp|swift|scala|ex|exs)$/i.test(path);

const withoutTests = (edited: readonly string[]): Suggestion[] => {
  const code = edited.filter((path) => isCode(path) && !isTest(path));
  const [first] = code;
  if (first === undefined || edited.some(isTest)) return [];
  const others = code.length === 1 ? '' : ` and ${code.length - 1} more`;
  const description = `${first}${others} changed, and no test did.`;
  return [{ type: 'file', title: 'Add tests', description, file_path: first, relevance: 'medium' }];
};

const ended = ({ status, statusReason }: SessionRecord): Suggestion[] =>
  status === 'failed'
    ? [
        {
          type: 'action',
          title: 'Launch the task again',
          description: `The session failed${statusReason === undefined ? '' : `: ${statusReason}`}`.slice(
            0,
            300,
          ),
          relevance: 'high',
        },
      ]
    : [];

/** How the repository is tested, by the files that say so; the first that does counts. */
const manifests: readonly (readonly [path: string, command: (content: string) => string | undefined])[] = [
  ['package.json', (content) => (/"test"\s*:/.test(content) ? 'npm test' : undefined)],
  ['Cargo.toml', () => 'cargo test'],
  ['go.mod', () => 'go test ./...'],
  ['pyproject.toml', (content) => (content.includes('pytest') ? 'pytest' : undefined)],
  ['Makefile', (content) => (/^test:/m.test(content) ? 'make test' : undefined)],
];

const testCommand = async (read: ReadFile): Promise<string | undefined> => {
  for (const [path, commandIn] of manifests) {
    try {
      const command = commandIn((await read(path)).content);
      if (command !== undefined) return command;
    } catch (error) {
      const isAway = error instanceof Problem && /^(?:file-not-found|workspace-gone)$/.test(error.code);
      if (!isAway) throw error;
    }
  }
  return undefined;
};
