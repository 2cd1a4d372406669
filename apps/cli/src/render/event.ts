import { type Delivered, ResyncEvent, SessionEvent } from '@agent-harbor/api-contract/schemas';
import type { StreamItem } from '@agent-harbor/core';
import { oneLine, safeJson } from '../terminal/clean.ts';
import { fit, type Look, paint, type Text } from '../terminal/text.ts';
import { statusLook } from './status.ts';

/** What a line says about an event: a word for its kind, and the text. */
interface Line {
  readonly kind: string;
  readonly look: Look;
  readonly text: string;
  /** Whether the look is the text's too. */
  readonly throughout?: boolean;
}

/** One event on one line, cut to the width of the terminal. */
export const eventLine = (event: StreamItem['event'], columns: number | undefined): Text => {
  const { kind, look, text, throughout = look === 'dim' } = lineOf(event);
  const time = 'ts' in event && typeof event.ts === 'string' ? oneLine(event.ts).slice(11, 19) : '';
  const head = `${time.padEnd(8)}  ${kind.padEnd(8)}  `;
  const body = oneLine(text);
  const shown = columns === undefined ? body : fit(body, Math.max(20, columns - head.length));
  return [
    paint('dim', time.padEnd(8)),
    '  ',
    paint(look, kind.padEnd(8)),
    '  ',
    throughout ? paint(look, shown) : shown,
  ];
};

const lineOf = (event: StreamItem['event']): Line => {
  const known = SessionEvent.safeParse(event);
  if (known.success) return lineOfKnown(known.data);
  const resync = ResyncEvent.safeParse(event);
  if (resync.success) {
    const { oldest, reason } = resync.data;
    return { kind: 'resync', look: 'yellow', text: `history before ${oldest ?? 'now'} is gone (${reason})` };
  }
  // An event of a newer server.
  return { kind: oneLine(event.type).slice(0, 8), look: 'dim', text: safeJson(event) };
};

/** A new event type is an error here until it has its line. */
const lineOfKnown = (event: SessionEvent): Line => {
  switch (event.type) {
    case 'status': {
      const code = event.exitCode === undefined ? undefined : `(exit code ${event.exitCode})`;
      const look = statusLook(event.status) ?? 'bold';
      return { kind: 'status', look, throughout: true, text: words(event.status, code, event.reason) };
    }
    case 'log': {
      const look = event.level === 'error' ? 'red' : event.level === 'warn' ? 'yellow' : 'dim';
      return { kind: event.stream ?? event.level, look, text: event.message };
    }
    case 'thought':
      return { kind: 'thought', look: 'magenta', text: event.thought };
    case 'message':
      return { kind: event.role === 'user' ? 'user' : 'agent', look: 'bold', text: event.content };
    case 'tool_use':
      return { kind: 'tool', look: 'cyan', text: words(event.tool_name, argsOf(event.tool_args)) };
    case 'tool_result': {
      const failed = event.status === 'failed';
      const text = `${event.tool_name}: ${lastLine(event.tool_output)}`;
      return { kind: failed ? 'failed' : 'result', look: failed ? 'red' : 'green', throughout: failed, text };
    }
    case 'file_edit':
      return {
        kind: 'edit',
        look: 'yellow',
        text: `${event.file_path} (+${event.lines_added} -${event.lines_removed})`,
      };
    case 'diff': {
      const note = event.binary === true ? '(binary)' : event.newText === null ? '(deleted)' : undefined;
      return { kind: 'diff', look: 'dim', text: words(event.path, note) };
    }
    case 'plan': {
      const done = event.entries.filter(({ status }) => status === 'completed').length;
      const current = event.entries.find(({ status }) => status === 'in_progress');
      return {
        kind: 'plan',
        look: 'blue',
        text: words(`${done}/${event.entries.length} done.`, current?.content),
      };
    }
    case 'usage':
      return {
        kind: 'usage',
        look: 'dim',
        text: words(
          event.input_tokens + event.output_tokens === 0 && event.context_tokens !== undefined
            ? undefined
            : `${event.input_tokens} tokens in, ${event.output_tokens} out`,
          event.context_tokens === undefined || event.context_window === undefined
            ? undefined
            : `window ${event.context_tokens} of ${event.context_window}`,
          event.model === undefined ? undefined : `(${event.model})`,
        ),
      };
    case 'models':
      return {
        kind: 'models',
        look: 'dim',
        text: words(event.active, `(of ${event.models.length})`),
      };
    case 'agent_session':
      return {
        kind: 'session',
        look: 'dim',
        text: words(event.continued === true ? 'goes on with' : undefined, event.agent_session_id),
      };
    case 'user_input':
      return { kind: 'input', look: 'bold', text: `${event.author}: ${event.content}` };
    case 'approval': {
      const outcome = event.outcome ?? (event.state === 'requested' ? 'asks for leave:' : event.state);
      const look = event.outcome === 'allowed' ? 'green' : event.outcome === 'denied' ? 'red' : 'yellow';
      const by = event.by === undefined ? undefined : `(by ${event.by})`;
      return { kind: 'approval', look, text: words(outcome, event.title, by, event.note) };
    }
    case 'check': {
      const look = event.state === 'passed' ? 'green' : event.state === 'running' ? 'dim' : 'red';
      const code = event.exit_code === undefined ? undefined : `(exit code ${event.exit_code})`;
      return { kind: 'check', look, text: words(event.command, event.state, code) };
    }
    case 'delivery': {
      const look = event.state === 'failed' ? 'red' : 'green';
      const text = deliveryText(event, event.url);
      return { kind: 'delivery', look, throughout: true, text };
    }
  }
};

/** What became of a delivery; a pull request tells both of its branches. */
export const deliveryText = (
  { state, branch, targetBranch, commit, reason }: Delivered,
  url?: string,
): string => {
  const into = targetBranch === undefined ? undefined : `→ ${targetBranch}`;
  return words(state, branch, into, commit?.slice(0, 10), url, reason);
};

const words = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' ');

/** Arguments as a person would write them: one alone without its name, an argv as a line. */
const argsOf = (args: Readonly<Record<string, unknown>>): string => {
  const entries = Object.entries(args);
  const only = entries.length === 1 ? entries[0]?.[1] : undefined;
  if (typeof only === 'string') return only;
  if (Array.isArray(only) && only.every((word) => typeof word === 'string')) return only.join(' ');
  return entries
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : safeJson(value)}`)
    .join(' ');
};

const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1) ?? '';
