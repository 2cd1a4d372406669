import { type CreateTask, SessionEvent } from '@agent-harbor/api-contract/schemas';
import type { StreamItem, TaskManager } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';

/** What the terminal shows. */
export interface ScreenState {
  readonly status: string;
  /** Since the task was launched. */
  readonly seconds: number;
  readonly lines: readonly string[];
  /** What went wrong last, and what to do about it. */
  readonly notice: string | undefined;
}

/** One task in a terminal: it is launched, watched and stopped here. */
export interface SessionScreen {
  readonly state: ScreenState;
  launch(task: CreateTask): Promise<void>;
  stop(): Promise<void>;
  /** Leaves the screen. */
  close(): void;
}

/** How long to wait before a stream that broke is opened anew, in milliseconds. */
const patienceMs = 2_000;

/** `draw` is called with every new state. The screen knows a task manager, and not which one. */
export const createSessionScreen = (
  tasks: Pick<TaskManager, 'launch' | 'subscribe' | 'stopSession'>,
  draw: (state: ScreenState) => void,
): SessionScreen => {
  const leaving = new AbortController();
  let state: ScreenState = { status: 'ready', seconds: 0, lines: [], notice: undefined };
  let sessionId: string | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const show = (change: Partial<ScreenState>): void => {
    state = { ...state, ...change };
    draw(state);
  };

  /** Reads the session's events, over as many streams as it takes. */
  const follow = async (id: string): Promise<void> => {
    for (let after: string | undefined; !leaving.signal.aborted; ) {
      try {
        for await (const item of tasks.subscribe(id, { after, signal: leaving.signal })) {
          after = item.id;
          show({ ...changeBy(item, state), notice: undefined });
        }
        return;
      } catch (error) {
        show({ notice: `${sentenceOf(error)} Trying again …` });
        await pause(patienceMs, leaving.signal);
      }
    }
  };

  return {
    get state() {
      return state;
    },
    async launch(task) {
      // A second Enter before the first was answered.
      if (state.status !== 'ready') return;
      show({ status: 'launching', notice: undefined });
      try {
        const { id } = await tasks.launch(task, { signal: leaving.signal });
        sessionId = id;
      } catch (error) {
        show({ status: 'ready', notice: sentenceOf(error) });
        return;
      }
      ticking = setInterval(() => show({ seconds: state.seconds + 1 }), 1_000);
      await follow(sessionId);
      clearInterval(ticking);
    },
    async stop() {
      if (sessionId === undefined) return;
      try {
        await tasks.stopSession(sessionId, { signal: leaving.signal });
      } catch (error) {
        show({ notice: sentenceOf(error) });
      }
    },
    close() {
      leaving.abort();
      clearInterval(ticking);
    },
  };
};

const changeBy = ({ event }: StreamItem, { lines, status }: ScreenState): Partial<ScreenState> => {
  // An event of a newer server is no reason to stop.
  const { data } = SessionEvent.safeParse(event);
  if (data?.type === 'status') return { status: data.status };
  const line = data === undefined ? undefined : lineOf(data);
  return line === undefined ? { status } : { lines: [...lines, line] };
};

const lineOf = (event: SessionEvent): string | undefined => {
  switch (event.type) {
    case 'thought':
      return `… ${event.thought}`;
    case 'message':
      return event.content;
    case 'tool_use':
      return `> ${event.tool_name}`;
    case 'file_edit':
      return `~ ${event.file_path}`;
    default:
      return undefined;
  }
};

/** What a person can do something with: every failure of a task manager is a problem with a remedy. */
const sentenceOf = (error: unknown): string =>
  error instanceof Problem ? `${error.detail} ${error.remedy}` : String(error);

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
