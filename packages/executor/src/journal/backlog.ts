import { statSync } from 'node:fs';
import { type Family, gaugeBy, type JournalBatch } from '@agent-harbor/core';

interface Followed {
  readonly path: string;
  /** Up to here whoever follows has taken it. */
  taken: number;
}

/** How far the journals that are followed are ahead of whoever takes them in. */
export class Backlog {
  private readonly followed = new Set<Followed>();

  /** The batches as they come; one counts as taken when the next is asked for. */
  async *counted(
    path: string,
    after: number,
    batches: AsyncIterable<JournalBatch>,
  ): AsyncGenerator<JournalBatch, void> {
    const journal: Followed = { path, taken: after };
    this.followed.add(journal);
    try {
      for await (const batch of batches) {
        yield batch;
        journal.taken = batch.offset;
      }
    } finally {
      this.followed.delete(journal);
    }
  }

  figures(executor: string): readonly Family[] {
    let bytes = 0;
    for (const { path, taken } of this.followed) {
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      bytes += Math.max(0, size - taken);
    }
    return [
      gaugeBy(
        'agent_harbor_journal_backlog_bytes',
        'Recorded by the agents of an executor, and not in the store yet.',
        'executor',
        [executor],
        () => bytes,
      ),
      gaugeBy(
        'agent_harbor_journals_followed',
        'Journals of an executor that are followed: one for each recorder that lives.',
        'executor',
        [executor],
        () => this.followed.size,
      ),
    ];
  }
}
