/** The streams that are open, so that a shutdown can end them. */
export interface Streams {
  readonly isStopping: boolean;
  /** Calls `onStop`, its own, when the streams shall end; the returned function says that this one has ended. */
  enter(onStop: () => void): () => void;
  /** Asks every stream to end; resolves when none is left. */
  stop(): Promise<void>;
}

export const createStreams = (): Streams => {
  const open = new Set<() => void>();
  let isStopping = false;
  let whenEmpty: (() => void) | undefined;
  return {
    get isStopping() {
      return isStopping;
    },
    enter(onStop) {
      open.add(onStop);
      return () => {
        open.delete(onStop);
        if (open.size === 0) whenEmpty?.();
      };
    },
    stop() {
      isStopping = true;
      for (const onStop of open) onStop();
      return new Promise((resolve) => {
        if (open.size === 0) resolve();
        else whenEmpty = resolve;
      });
    },
  };
};
