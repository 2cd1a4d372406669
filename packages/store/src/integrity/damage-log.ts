import { type Log, Problem } from '@agent-harbor/core';

/** So many different sentences are remembered as said; after them all are said again. */
const keptSentences = 1000;

/** Says what is damaged once and not with every reading: a list that leaves a record out would fill the log. */
export class DamageLog {
  private readonly log: Log;
  private readonly said = new Set<string>();

  constructor(log: Log) {
    this.log = log;
  }

  tell(problem: Problem): void {
    const { detail } = problem;
    if (this.said.has(detail)) return;
    if (this.said.size >= keptSentences) this.said.clear();
    this.said.add(detail);
    this.log.error(`${detail} ${problem.remedy}`, { code: problem.code });
  }

  /** What can be read of a list: a damaged entry is told and left out, so that it hides none of its neighbours. */
  readable<Row, Item>(rows: readonly Row[], read: (row: Row) => Item): Item[] {
    const items: Item[] = [];
    for (const row of rows) {
      try {
        items.push(read(row));
      } catch (failure) {
        if (!(failure instanceof Problem) || failure.code !== 'data-damaged') throw failure;
        this.tell(failure);
      }
    }
    return items;
  }
}
