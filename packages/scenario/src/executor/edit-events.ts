import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { textOf } from '../tool/bytes.ts';
import { countLines, lineDiff } from './line-diff.ts';

/** One file before and after; null where it does not exist. */
export interface FileChange {
  readonly sessionId: string;
  readonly path: string;
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
  /** The use of a tool it belongs to, if any. */
  readonly toolExecutionId: string | undefined;
  readonly description: string | undefined;
}

/** Above either of these a diff event shows only the ends of its texts. */
const diffBytes = 64 * 1024;
const diffLines = 2_000;
const headLines = 200;
const tailLines = 50;

/** What a change of a file is in the event log: that it was edited, and how it looks. */
export const editEvents = (change: FileChange): readonly EventBody[] => {
  const { path, before, after, toolExecutionId, description } = change;
  const [old, young] = [before === null ? null : textOf(before), after === null ? null : textOf(after)];
  const binary = (before !== null && old === null) || (after !== null && young === null);
  const tool = toolExecutionId === undefined ? {} : { tool_execution_id: toolExecutionId };
  const lines = binary ? { added: 0, removed: 0 } : countLines(lineDiff(old ?? '', young ?? '', 0));
  return [
    {
      type: 'file_edit',
      file_path: path,
      lines_added: lines.added,
      lines_removed: lines.removed,
      ...(description === undefined ? {} : { description }),
      ...tool,
    },
    {
      type: 'diff',
      path,
      ...(binary ? { oldText: null, newText: null, binary } : shortened(change, old, young)),
      ...tool,
    },
  ];
};

type Texts = Pick<Extract<EventBody, { type: 'diff' }>, 'oldText' | 'newText' | 'truncated' | 'fullDiffUrl'>;

const shortened = (
  { sessionId, path, before, after }: FileChange,
  old: string | null,
  young: string | null,
): Texts => {
  const isLong =
    Math.max(before?.length ?? 0, after?.length ?? 0) > diffBytes ||
    Math.max(lineCount(old), lineCount(young)) > diffLines;
  if (!isLong) return { oldText: old, newText: young };
  return {
    oldText: ends(old),
    newText: ends(young),
    truncated: true,
    fullDiffUrl: fullDiffUrl(sessionId, path),
  };
};

/** Where a diff too long for an event is read. */
export const fullDiffUrl = (sessionId: string, path: string): string =>
  `/api/v1/sessions/${sessionId}/diff/${encodeURIComponent(path)}`;

const lineCount = (text: string | null): number => (text === null ? 0 : text.split('\n').length);

const ends = (text: string | null): string | null => {
  const lines = text?.split(/(?<=\n)/) ?? [];
  return text === null || lines.length <= headLines + tailLines
    ? text
    : [...lines.slice(0, headLines), ...lines.slice(-tailLines)].join('');
};
