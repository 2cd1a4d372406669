/** What every route declares and `rest-api` weaves once, so that no handler repeats it. */
export interface Policy {
  /** Who may call: anyone, or a credential with at least this role. */
  readonly role: 'public' | 'viewer' | 'operator' | 'admin' | 'executor';
  /** Whether `Idempotency-Key` is honoured: true on every POST. */
  readonly idempotent: boolean;
  /** Media types the route can answer with besides JSON, by status; ts-rest knows one per status. */
  readonly media: Readonly<Partial<Record<number, readonly string[]>>>;
  /** Media types of a body that is read as text; empty where it is JSON, as everywhere in our own contract. */
  readonly readsText: readonly string[];
  /** Whether the Host check is skipped: only for health probes, which reach a server by address. */
  readonly anyHost: boolean;
}

/** A policy from what differs from the usual: a viewer's plain JSON route. */
export const policy = (differences: Partial<Policy> = {}): Policy => ({
  role: 'viewer',
  idempotent: false,
  media: {},
  readsText: [],
  anyHost: false,
  ...differences,
});

/** Whether a route's metadata, which ts-rest types as unknown, is a policy. */
export const isPolicy = (metadata: unknown): metadata is Policy =>
  typeof metadata === 'object' &&
  metadata !== null &&
  'role' in metadata &&
  'idempotent' in metadata &&
  'media' in metadata &&
  'readsText' in metadata &&
  'anyHost' in metadata;
