import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { FileContents } from '../format/files.ts';
import { workspacePath } from '../tool/workspace-path.ts';

/** A file at the end of the session; null is one that is gone. */
export interface RecordedFile {
  readonly path: string;
  readonly contents: FileContents | null;
}

/** What is known of the files a session changed. */
export interface KnownFiles {
  /** What they were before, as far as their first diff tells. */
  readonly seeds: ReadonlyMap<string, string>;
  /** What a file is after the diff at this place among the events; undefined when nobody knows. */
  after(index: number): FileContents | null | undefined;
}

type Diff = Extract<EventBody, { type: 'diff' }>;

export const knownFiles = (bodies: readonly EventBody[], files: readonly RecordedFile[]): KnownFiles => {
  const final = new Map(files.map(({ path, contents }) => [path, contents]));
  const lastDiff = new Map<string, number>();
  const seeds = new Map<string, string>();
  const seen = new Set<string>();
  for (const [index, body] of bodies.entries()) {
    if (body.type !== 'diff') continue;
    lastDiff.set(body.path, index);
    if (
      !seen.has(body.path) &&
      isWhole(body) &&
      body.oldText !== null &&
      workspacePath(body.path) === body.path
    ) {
      seeds.set(body.path, body.oldText);
    }
    seen.add(body.path);
  }
  return {
    seeds,
    after(index) {
      const body = bodies[index];
      if (body?.type !== 'diff') return undefined;
      if (isWhole(body)) return body.newText;
      return lastDiff.get(body.path) === index ? final.get(body.path) : undefined;
    },
  };
};

/** Whether a diff shows all of both texts. */
const isWhole = ({ binary, truncated }: Diff): boolean => binary !== true && truncated !== true;
