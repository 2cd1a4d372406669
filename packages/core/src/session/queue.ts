/**
 * Who runs next. At most `limit` run at once; among those that wait, tasks take turns, so that a task with many
 * sessions does not hold up the others.
 */
export interface FairQueue {
  add(taskId: string, sessionId: string): void;
  /** Takes a waiting session out; false when it was not waiting. */
  remove(sessionId: string): boolean;
  /** A session that ran is done: its place is free. */
  release(sessionId: string): void;
  /** A session takes a place without waiting: it ran before a restart. */
  occupy(sessionId: string): void;
  readonly running: number;
  readonly waiting: number;
  readonly limit: number;
  /** No one is started any more. */
  close(): void;
}

export const createFairQueue = (limit: number, start: (sessionId: string) => void): FairQueue => {
  const tasks = new Map<string, string[]>();
  const running = new Set<string>();
  let waiting = 0;
  let closed = false;

  const fill = (): void => {
    while (!closed && running.size < limit && waiting > 0) {
      const turn = tasks.entries().next().value;
      if (turn === undefined) return;
      const [taskId, sessions] = turn;
      const sessionId = sessions.shift();
      // The task goes to the back of the line, or out of it.
      tasks.delete(taskId);
      if (sessions.length > 0) tasks.set(taskId, sessions);
      if (sessionId === undefined) continue;
      waiting--;
      running.add(sessionId);
      start(sessionId);
    }
  };

  return {
    add(taskId, sessionId) {
      const sessions = tasks.get(taskId);
      if (sessions === undefined) tasks.set(taskId, [sessionId]);
      else sessions.push(sessionId);
      waiting++;
      fill();
    },
    remove(sessionId) {
      for (const [taskId, sessions] of tasks) {
        const index = sessions.indexOf(sessionId);
        if (index === -1) continue;
        sessions.splice(index, 1);
        if (sessions.length === 0) tasks.delete(taskId);
        waiting--;
        return true;
      }
      return false;
    },
    release(sessionId) {
      if (running.delete(sessionId)) fill();
    },
    occupy(sessionId) {
      running.add(sessionId);
    },
    get running() {
      return running.size;
    },
    get waiting() {
      return waiting;
    },
    limit,
    close() {
      closed = true;
    },
  };
};
