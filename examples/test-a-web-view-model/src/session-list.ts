import type { CreateTask, Session } from '@agent-harbor/api-contract/schemas';
import type { TaskManager } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';

/** What the page shows. A new object after every change, as frameworks like it. */
interface ListState {
  readonly search: string;
  /** Undefined until they are known. */
  readonly sessions: readonly Session[] | undefined;
  readonly isLoading: boolean;
  readonly isLaunching: boolean;
  /** What is wrong with the form: field → what to say beside it. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** What went wrong otherwise, and what to do about it. */
  readonly notice: string | undefined;
}

/** A page that lists sessions, finds them and launches more. `state` and `subscribe` fit `useSyncExternalStore`. */
export interface SessionList {
  readonly state: ListState;
  subscribe(listener: () => void): () => void;
  load(): Promise<void>;
  /** Called with every key; looks once the user rests. */
  search(text: string): void;
  /** Whether the task is launched; else the state says why not, and to launch the same again is safe. */
  launch(task: CreateTask): Promise<boolean>;
  close(): void;
}

/** How long the user has to rest before a search is made, in milliseconds. */
const restMs = 200;

/** `newKey` gives a key that no launch had before. */
export const createSessionList = (
  tasks: Pick<TaskManager, 'listSessions' | 'launch'>,
  newKey: () => string,
): SessionList => {
  const leaving = new AbortController();
  const { signal } = leaving;
  const listeners = new Set<() => void>();
  let state: ListState = {
    search: '',
    sessions: undefined,
    isLoading: false,
    isLaunching: false,
    fields: {},
    notice: undefined,
  };
  let resting: ReturnType<typeof setTimeout> | undefined;
  let newestLook = 0;
  /** The key of the task whose launch was not answered, with the task. */
  let unanswered: { readonly key: string; readonly task: string } | undefined;

  const show = (change: Partial<ListState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const load = async (): Promise<void> => {
    const look = ++newestLook;
    show({ isLoading: true, notice: undefined });
    const { search } = state;
    try {
      const { items } = await tasks.listSessions({ q: search === '' ? undefined : search }, { signal });
      // Answers need not come in the order of the questions.
      if (look === newestLook) show({ sessions: items, isLoading: false });
    } catch (error) {
      if (look === newestLook) show({ isLoading: false, notice: sentenceOf(error) });
    }
  };

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load,
    search(text) {
      show({ search: text });
      clearTimeout(resting);
      resting = setTimeout(load, restMs);
    },
    async launch(task) {
      if (state.isLaunching) return false;
      show({ isLaunching: true, fields: {}, notice: undefined });
      const written = JSON.stringify(task);
      // The same task after a lost answer is the same launch.
      const key = unanswered?.task === written ? unanswered.key : newKey();
      unanswered = { key, task: written };
      try {
        await tasks.launch(task, { idempotencyKey: key, signal });
        unanswered = undefined;
        show({ isLaunching: false });
        await load();
        return true;
      } catch (error) {
        const fields = error instanceof Problem ? error.errors : undefined;
        show({
          isLaunching: false,
          ...(fields === undefined ? { notice: sentenceOf(error) } : { fields }),
        });
        return false;
      }
    },
    close() {
      leaving.abort();
      clearTimeout(resting);
      listeners.clear();
    },
  };
};

const sentenceOf = (error: unknown): string =>
  error instanceof Problem ? `${error.detail} ${error.remedy}` : String(error);
