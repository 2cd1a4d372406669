import type { Ids } from '@agent-harbor/core';

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The caller's request id when it is a ULID or UUID, else a new one: anything else could forge log lines. */
export const requestIdOf = (sent: string | undefined, ids: Ids): string =>
  sent !== undefined && (ulid.test(sent) || uuid.test(sent)) ? sent : ids.next('request', '');
