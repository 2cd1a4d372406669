/** Structured logging as a port; the adapters choose format and place. Secrets are redacted before they get here. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
