import type {
  EventBody,
  SessionEvent,
  SessionStatus,
  UnknownEvent,
} from '@agent-harbor/api-contract/schemas';
import type { ScenarioSource } from '../format/scenario.ts';
import { workspacePath } from '../tool/workspace-path.ts';
import { chunkAt } from './chunks.ts';
import { recordEnd } from './end.ts';
import { knownFiles, type RecordedFile } from './known-files.ts';
import { readingsOf } from './readings.ts';
import { createRehearsal } from './rehearsal.ts';
import { createTimelineWriter } from './timeline-writer.ts';

/** What a recording needs to know of a session beside its events. */
export interface RecordedSession {
  readonly id: string;
  readonly prompt: string;
  readonly status: SessionStatus;
  readonly statusReason?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly branch?: string | undefined;
}

/** A scenario that replays a session, and what of the session it cannot bring back. */
export interface Recording {
  readonly scenario: ScenarioSource;
  readonly remarks: readonly string[];
}

/**
 * The scenario that replays to the events of a session: times, sequence numbers and ids aside, and without what the
 * server states itself. `files` are the changed files as they were at its end, as far as they are known; without them
 * files whose diffs were cut or binary are not brought back. The result is as it would be written, short forms and all.
 */
export const recordScenario = (
  session: RecordedSession,
  events: readonly (SessionEvent | UnknownEvent)[],
  {
    name,
    files = [],
  }: { readonly name?: string | undefined; readonly files?: readonly RecordedFile[] | undefined } = {},
): Recording => {
  const { items, remarks } = readingsOf(events);
  const bodies = items.map(({ body }) => body);
  const known = knownFiles(bodies, files);
  const rehearsal = createRehearsal(session.id, known.seeds);
  const writer = createTimelineWriter();
  const end = recordEnd(session, items);
  const context = {
    items,
    rehearsal,
    known,
    uses: usesOf(bodies),
    denied: deniedIn(bodies),
    endsWell: end.isGood,
  };
  const last = items.length - end.told;

  writer.beside({ userInputs: [[0, session.prompt]] });
  for (let index = 0; index < last; ) index += chunkAt(index, context, writer);
  for (const { path, contents } of files) {
    if (workspacePath(path) === path && !rehearsal.has(path, contents))
      writer.add(writer.nowMs, { 'x-file': { path, contents } });
  }
  if (end.entry !== undefined) writer.add(Math.max(writer.nowMs, end.atMs), end.entry);

  const seeds = [...known.seeds].map(([path, contents]) => ({ path, contents }));
  const scenario: ScenarioSource = {
    name: name ?? `session-${session.id.toLowerCase()}`,
    description: `Recorded from session ${session.id}.`,
    tags: ['recorded'],
    repo: { ...(session.branch === undefined ? {} : { branch: session.branch }), files: seeds },
    timeline: writer.finish(),
  };
  return { scenario, remarks: [...remarks, ...end.remarks] };
};

/** How many events speak of each use of a tool. */
const usesOf = (bodies: readonly EventBody[]): ReadonlyMap<string, number> => {
  const uses = new Map<string, number>();
  for (const body of bodies) {
    const id = 'tool_execution_id' in body ? body.tool_execution_id : undefined;
    if (typeof id === 'string') uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  return uses;
};

const deniedIn = (bodies: readonly EventBody[]): ReadonlySet<string> =>
  new Set(
    bodies.flatMap((body) =>
      body.type === 'approval' && body.state !== 'requested' && body.outcome !== 'allowed'
        ? (body.tool_execution_id ?? [])
        : [],
    ),
  );
