import type { Family } from '@agent-harbor/core';

/** A number for each word of a closed list. */
export class Counters<Key extends string> {
  private readonly counts: Map<Key, number>;

  /** Every word has its series from the beginning, so that the first of its kind is seen as a rise. */
  constructor(keys: readonly Key[]) {
    this.counts = new Map(keys.map((key) => [key, 0]));
  }

  add(key: Key, by = 1): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  family(name: string, help: string, label: string, type: 'counter' | 'gauge' = 'counter'): Family {
    const samples = [...this.counts].map(([key, value]) => ({ labels: { [label]: key }, value }));
    return { name, help, type, samples };
  }
}
