import { untilAborted } from '../call.ts';
import type { Clock } from '../clock.ts';
import type { RepositoryRefs } from '../executor/repositories.ts';
import { throwIfAborted } from '../problem.ts';

/** What a repository said, and when, milliseconds. */
interface KnownRefs {
  readonly refs: RepositoryRefs;
  readonly fetchedAt: number;
}

/** A repository that is being asked, and how many wait for what it says. */
interface Question {
  readonly answer: Promise<KnownRefs>;
  readonly stop: AbortController;
  waiting: number;
}

/** Asks repositories what they have, and remembers it for a while: people type, and every letter is a question. */
export interface RefCache {
  get(
    url: string,
    options?: { readonly refresh?: boolean | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<KnownRefs>;
  /** Nothing is remembered of it any more. */
  forget(url: string): void;
}

const maxAgeMs = 60_000;
/** Who wants it anew gets what is not older than this: many may want it at once. */
const freshMs = 1_000;
const mostRepositories = 200;
const mostRefs = 500_000;

/**
 * Bounded by repositories and by names in all. The whole url is the key, credentials included: what one caller may read
 * is not given to another. Callers that ask meanwhile wait for the same answer; a failure is not remembered. When the last
 * of them has left, the repository is not asked on: one that never answers would hold a process each time.
 */
export const createRefCache = (
  ask: (url: string, signal: AbortSignal) => Promise<RepositoryRefs>,
  clock: Pick<Clock, 'now'>,
): RefCache => {
  const known = new Map<string, KnownRefs>();
  const asking = new Map<string, Question>();
  let kept = 0;

  const forget = (url: string): void => {
    kept -= sizeOf(known.get(url));
    known.delete(url);
  };
  const keep = (url: string, answer: KnownRefs): void => {
    forget(url);
    known.set(url, answer);
    kept += sizeOf(answer);
    for (const oldest of known.keys()) {
      if (known.size <= mostRepositories && kept <= mostRefs) break;
      forget(oldest);
    }
  };
  const begin = (url: string): Question => {
    const stop = new AbortController();
    const answer = ask(url, stop.signal).then((refs) => {
      const found = { refs, fetchedAt: clock.now() };
      keep(url, found);
      return found;
    });
    const question: Question = { answer, stop, waiting: 0 };
    asking.set(url, question);
    const done = () => end(url, question);
    answer.then(done, done);
    return question;
  };
  const end = (url: string, question: Question): void => {
    if (asking.get(url) === question) asking.delete(url);
  };
  const wait = async (url: string, signal: AbortSignal | undefined): Promise<KnownRefs> => {
    throwIfAborted(signal);
    const question = asking.get(url) ?? begin(url);
    question.waiting += 1;
    try {
      return await untilAborted(signal, () => question.answer);
    } finally {
      question.waiting -= 1;
      if (question.waiting === 0) {
        end(url, question);
        question.stop.abort();
      }
    }
  };

  return {
    forget,
    get(url, { refresh = false, signal } = {}) {
      const found = known.get(url);
      const age = found === undefined ? Number.POSITIVE_INFINITY : Math.max(0, clock.now() - found.fetchedAt);
      if (found !== undefined && age < (refresh ? freshMs : maxAgeMs)) {
        return untilAborted(signal, async () => found);
      }
      return wait(url, signal);
    },
  };
};

const sizeOf = (answer: KnownRefs | undefined): number =>
  answer === undefined ? 0 : answer.refs.branches.length + answer.refs.tags.length;
