import type { Comparison, Side } from './comparison.ts';
import { type Document, readDocument } from './document.ts';
import type { Finding } from './finding.ts';
import { createLedger } from './ledger.ts';
import { compareAbout } from './routes/about.ts';
import { eventWordsOf } from './routes/event-words.ts';
import { compareRoutes } from './routes/routes.ts';
import { compareSecurity } from './routes/security.ts';
import { compareWebhooks } from './routes/webhooks.ts';
import { createShapeReader } from './schema/shape.ts';
import { UnreadableDocument } from './unreadable.ts';

/** What differs between two OpenAPI documents, and how far the contract reaches. */
export interface ContractDiff {
  /** `info.version` of each. */
  readonly from: string;
  readonly to: string;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/**
 * Compares two parsed OpenAPI 3 documents as a contract: each change of routes, schemas and events is classed by who
 * sends what changed. Throws `UnreadableDocument` for what cannot be read to its end, as a change could hide there.
 */
export const compareContracts = (before: unknown, after: unknown): ContractDiff => {
  const old = readSide('the old document', before);
  const fresh = readSide('the new document', after);
  const ledger = createLedger();
  const open: (() => void)[] = [];
  const comparison: Comparison = { before: old, after: fresh, ledger, later: (work) => void open.push(work) };
  compareAbout(comparison);
  compareSecurity(comparison);
  compareRoutes(comparison);
  compareWebhooks(comparison);
  for (let work = open.pop(); work !== undefined; work = open.pop()) work();
  return { from: old.document.version, to: fresh.document.version, findings: ledger.findings() };
};

const readSide = (which: string, value: unknown): Side => {
  try {
    const document: Document = readDocument(value);
    return { document, shapes: createShapeReader(document), eventWords: eventWordsOf(document) };
  } catch (error) {
    if (error instanceof UnreadableDocument) {
      throw new UnreadableDocument(`${which}: ${error.message}`, { cause: error });
    }
    throw error;
  }
};
