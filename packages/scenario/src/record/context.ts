import type { KnownFiles } from './known-files.ts';
import type { Reading } from './readings.ts';
import type { Rehearsal } from './rehearsal.ts';

/** What is known while a session is recorded. */
export interface Context {
  readonly items: readonly Reading[];
  readonly rehearsal: Rehearsal;
  readonly known: KnownFiles;
  /** How many events speak of each use of a tool. */
  readonly uses: ReadonlyMap<string, number>;
  /** The uses of tools for which no leave was given. */
  readonly denied: ReadonlySet<string>;
  /** Whether the session's last turn ended well. */
  readonly endsWell: boolean;
}

/** What a user said, at a time of its own. */
export const inputOf = ({ atMs, body }: Reading) => {
  const { author, content } = body.type === 'user_input' ? body : { author: 'user', content: '' };
  return author === 'user'
    ? ([atMs, content] satisfies [number, string])
    : { relativeTime: atMs, input: content, 'x-author': author };
};
