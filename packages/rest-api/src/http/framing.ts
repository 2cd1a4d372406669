import { Problem } from '@agent-harbor/core';
import type { Incoming } from './incoming.ts';

/** Headers that mean one thing; a second one is how requests are smuggled past a proxy. */
const single = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'origin',
  'idempotency-key',
  'last-event-id',
]);

/** Refuses what two readers could read differently, whatever the web server below let pass (RFC 9112 3.2, 6.1). */
export const checkFraming = (incoming: Incoming): void => {
  const seen = new Set<string>();
  for (const [name, value] of incoming.headers) {
    const key = name.toLowerCase();
    if (!single.has(key)) continue;
    if (seen.has(key)) refuse(`The header ${key} is there twice.`);
    seen.add(key);
    if (key === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked') {
      refuse('The only Transfer-Encoding this server reads is chunked.');
    }
  }
  if (!seen.has('host')) refuse('The Host header is missing.');
  if (seen.has('transfer-encoding') && seen.has('content-length')) {
    refuse('Content-Length and Transfer-Encoding exclude each other.');
  }
};

const refuse = (detail: string): never => {
  throw new Problem('malformed-request', { detail });
};
