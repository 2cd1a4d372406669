/** Watches the event loop while work is done on many things. */
export interface Turns {
  /** One more thing was worked on. */
  count(things?: number): void;
  /** The most that was worked on between two turns of others. */
  readonly most: number;
  /** How often others had their turn. */
  readonly turns: number;
  stop(): void;
}

export const watchTurns = (): Turns => {
  let most = 0;
  let sinceTurn = 0;
  let turns = 0;
  let isOver = false;
  const turn = () => {
    sinceTurn = 0;
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    count(things = 1) {
      sinceTurn += things;
      most = Math.max(most, sinceTurn);
    },
    get most() {
      return most;
    },
    get turns() {
      return turns;
    },
    stop() {
      isOver = true;
    },
  };
};
