/** Runs the work of one key one after another, and of different keys side by side. */
export interface Serial {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export const createSerial = (): Serial => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      tails.set(key, mine);
      const forget = () => {
        if (tails.get(key) === mine) tails.delete(key);
      };
      mine.then(forget, forget);
      return mine;
    },
  };
};
