import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';
import { changeEvents } from './change-events.ts';
import { watchDirectories } from './directory-watch.ts';
import { createGit } from './git.ts';
import { createTreeView } from './tree-view.ts';
import { workspacePaths } from './workspace-paths.ts';

/** Reports what happens to the files of a session. */
export interface ChangeWatcher {
  /** Resolves when the tree is watched; changes from before are seen as well. */
  readonly ready: Promise<void>;
  /** A tool of the agent has ended: in a large tree a good moment to look. */
  toolEnded(): void;
  /** Takes a last look, trusting nothing it knew; resolves when everything was reported and `onEvents` is done. */
  flush(): Promise<void>;
  /** Ends watching. What was not reported yet stays unreported. */
  close(): Promise<void>;
}

export interface ChangeWatcherOptions {
  readonly stateDir: string;
  readonly sessionId: string;
  readonly clock: Clock;
  /** Gets `file_edit` and `diff` of every changed file since the last time, in portions, one after the other. */
  readonly onEvents: (events: readonly EventBody[]) => void | Promise<void>;
  /** A look that failed; it is taken again later. */
  readonly onTrouble?: (error: unknown) => void;
  /** How long changes are gathered, milliseconds. */
  readonly debounceMs?: number;
  /** How many directories may be watched; beyond it the tree is looked at now and then. */
  readonly maxDirectories?: number;
  /** How many files a tree may have for its changes to be told at once. */
  readonly promptFiles?: number;
}

const defaultDebounceMs = 150;
const defaultPromptFiles = 5_000;
/** The longest pause before a look, so that a change is told within a second of the write, whatever went before it. */
const promptMs = 700;
/** The pause before a look at a larger tree, which takes its time: between the ends of tools, and where there are none. */
const largeMs = 5_000;
/** How many looks in a row may find nothing before the pauses grow. */
const patience = 3;
/** After a look, rest this many times as long as it took, so that large trees do not keep a processor busy. */
const restFactor = 2;
/** After the second of the checkout. */
const youngMs = 1_000;
/** How long to wait after a look that failed. */
const troubleMs = 2_000;

/**
 * Watches the working tree of a session, from its base on. It loads no schemas and runs git only, so that it can live
 * in the recorder. Hints of the file system say when to look; what changed is read from the files themselves, so a
 * missed hint only delays.
 */
export const createChangeWatcher = (options: ChangeWatcherOptions): ChangeWatcher => {
  const { clock, sessionId, onEvents, onTrouble, debounceMs = defaultDebounceMs } = options;
  const { promptFiles = defaultPromptFiles } = options;
  const paths = workspacePaths(options.stateDir, sessionId);
  const git = createGit({ clock });
  const view = createTreeView({ git, paths, scratch: paths.recorderScratch });
  const closing = new AbortController();
  const { signal } = closing;
  let seen: string | undefined;
  let hinted = false;
  let cancelTimer: (() => void) | undefined;
  let pauseMs = debounceMs;
  let inVain = 0;
  let isLarge = false;
  let last: Promise<void> = Promise.resolve();

  const directories = watchDirectories({
    tree: paths.tree,
    git: git.with({ gitDir: paths.git, workTree: paths.tree }),
    onHint: () => hint(),
    ...(options.maxDirectories === undefined ? {} : { maxDirectories: options.maxDirectories }),
  });

  const hint = (delayMs = pauseMs): void => {
    hinted = true;
    if (cancelTimer !== undefined || signal.aborted) return;
    cancelTimer = clock.schedule(delayMs, () => {
      cancelTimer = undefined;
      enqueue(() => look(false)).catch((error: unknown) => {
        if (signal.aborted) return;
        onTrouble?.(error);
        hint(troubleMs);
      });
    });
  };

  /** One look at a time, in order. */
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };

  const look = async (fresh: boolean): Promise<void> => {
    if (!hinted && !fresh) return;
    hinted = false;
    const startedAt = clock.now();
    const known = seen ?? (await view.base(signal));
    await directories.extend(signal);
    const tree = await view.snapshot({ fresh, signal });
    for await (const events of changeEvents({ git: view.git, sessionId, from: known, to: tree, signal })) {
      await onEvents(events);
    }
    seen = tree;
    await view.tidy(tree);
    inVain = tree === known ? inVain + 1 : 0;
    isLarge = (await view.fileCount()) > promptFiles;
    const rest = (clock.now() - startedAt) * restFactor;
    const patient = debounceMs * 2 ** Math.max(0, inVain - patience);
    pauseMs = isLarge ? largeMs : Math.min(Math.max(patient, rest), promptMs);
    if (!directories.isComplete) hint(isLarge ? largeMs : promptMs);
    if (view.isYoung) hint(youngMs);
  };

  const ready = enqueue(() => directories.extend(signal)).then(() => hint());
  ready.catch((error: unknown) => {
    if (signal.aborted) return;
    onTrouble?.(error);
    hint(troubleMs);
  });

  return {
    ready,
    toolEnded() {
      if (!isLarge || !hinted) return;
      cancelTimer?.();
      cancelTimer = undefined;
      hint(debounceMs);
    },
    async flush() {
      cancelTimer?.();
      cancelTimer = undefined;
      await enqueue(() => look(true));
    },
    async close() {
      closing.abort();
      cancelTimer?.();
      directories.close();
      await last;
      await view.leaveTo(paths.serverScratch);
    },
  };
};
