/** What ids are made for. */
export type IdKind =
  | 'task'
  | 'session'
  | 'draft'
  | 'request'
  | 'key'
  | 'command'
  | 'thread'
  | 'execution'
  | 'epoch'
  | 'webhook';

/**
 * Chance as a port. An id is a ULID without prefix; callers add the prefix the contract shows. `parent` names what
 * the new thing belongs to: a seeded source derives the id from kind, parent and ordinal, so that ids do not depend
 * on the order of unrelated requests.
 */
export interface Ids {
  /** A new id. */
  next(kind: IdKind, parent: string): string;
  /** A number in [0, 1), for jitter. */
  random(purpose: string): number;
}
