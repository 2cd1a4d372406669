import type { Document } from './document.ts';
import type { Ledger } from './ledger.ts';
import type { ShapeReader } from './schema/shape.ts';

/** One of the two documents. */
export interface Side {
  readonly document: Document;
  readonly shapes: ShapeReader;
  /** The components that make up the union of events: a type may be added to it, as readers let unknown ones pass. */
  readonly eventWords: ReadonlySet<string>;
}

/** The two documents and what was found between them. */
export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly ledger: Ledger;
  /** Puts work off until the stack is empty again: components may lead from one to the next without end. */
  later(work: () => void): void;
}
