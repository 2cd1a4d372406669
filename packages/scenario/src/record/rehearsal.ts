import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Files } from '../executor/memory-workspace.ts';
import { createScene, type Deed } from '../executor/scene.ts';
import type { FileContents } from '../format/files.ts';
import { TimelineEntry } from '../format/timeline.ts';
import { createCalls } from '../play/calls.ts';
import { playEntry } from '../play/play-entry.ts';
import { createScript } from '../play/script.ts';
import type { Action } from '../play/step.ts';
import { bytesOf, sameBytes } from '../tool/bytes.ts';
import type { Entry } from './timeline-writer.ts';

/** Tries out what an entry would leave in the log, on files that change as those of the session did. */
export interface Rehearsal {
  /** Plays the entry; when it says just this, up to ids, its changes stay and the answer is true. */
  says(entry: Entry, bodies: readonly EventBody[]): boolean;
  /** A file is as it is from here on. */
  place(path: string, contents: FileContents | null): void;
  /** Whether a file is as said. */
  has(path: string, contents: FileContents | null): boolean;
}

export const createRehearsal = (sessionId: string, seeds: ReadonlyMap<string, string>): Rehearsal => {
  const files = new Map<string, Uint8Array>();
  for (const [path, text] of seeds) files.set(path, bytesOf(text));

  return {
    says(entry, bodies) {
      const changed = new Map<string, Uint8Array | null>();
      let ids = 0;
      const workspace = {
        read: (path: string) => changed.get(path) ?? (changed.has(path) ? null : (files.get(path) ?? null)),
        write: (path: string, after: Uint8Array | null) => void changed.set(path, after),
        files: files satisfies Files,
      };
      const scene = createScene({
        sessionId,
        workspace,
        now: () => 0,
        executionId: () => `rehearsed ${++ids}`,
        transcript: () => '',
      });
      const said: EventBody[] = [];
      for (const action of actionsOf(entry)) if (isDeed(action)) said.push(...scene.play(action).bodies);
      if (!isSame(said, bodies)) return false;
      for (const [path, after] of changed) {
        if (after === null) files.delete(path);
        else files.set(path, after);
      }
      return true;
    },
    place(path, contents) {
      if (contents === null) files.delete(path);
      else files.set(path, bytesOf(contents));
    },
    has(path, contents) {
      const bytes = files.get(path);
      if (bytes === undefined || contents === null) return bytes === undefined && contents === null;
      return sameBytes(bytes, bytesOf(contents));
    },
  };
};

const actionsOf = (entry: Entry): readonly Action[] => {
  const parsed = TimelineEntry.safeParse(entry);
  if (!parsed.success) return [];
  const script = createScript();
  playEntry(parsed.data, {
    script,
    calls: createCalls([parsed.data]),
    startMs: 0,
    remark: () => {},
    isHistory: false,
  });
  return script.finish().map(({ action }) => action);
};

const isDeed = (action: Action): action is Deed =>
  !['permission', 'permission-end', 'user-input', 'hang', 'end'].includes(action.type);

/** Whether both are the same once ids are counted in the order they first stand in. */
export const isSame = (one: readonly EventBody[], other: readonly EventBody[]): boolean =>
  one.length === other.length && plainForm(one) === plainForm(other);

/** What was measured once is not played again. */
const measured = ['duration_ms', 'output_bytes'];

const plainForm = (bodies: readonly EventBody[]): string => {
  const ids = new Map<string, number>();
  const counted = (id: string) => {
    const known = ids.get(id) ?? ids.size;
    ids.set(id, known);
    return known;
  };
  return JSON.stringify(
    bodies.map((body) => {
      const members: [string, unknown][] = Object.entries(body).filter(
        ([name, value]) => value !== undefined && !measured.includes(name),
      );
      return members
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, value]) => {
          if (name === 'expiresAt') return [name];
          if (typeof value !== 'string') return [name, value];
          if (name === 'tool_execution_id' || name === 'approvalId') return [name, counted(value)];
          return [name, value];
        });
    }),
  );
};
