/** Structured logging as a port; the adapters choose format and place. Secrets are redacted before they get here. */
export interface Log {
  /** What happened, as a sentence. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What somebody may have to look at. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What failed and will not mend itself. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Keeps nothing. */
export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
