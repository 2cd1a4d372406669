import { wholeHost } from '@agent-harbor/core';
import type { Caller, Credentials } from './credentials.ts';

/** Who calls when the server asks nobody for a credential. */
const anyone: Caller = { id: 'anyone', role: 'admin', scope: wholeHost };

/**
 * The caller a request's headers prove, or undefined. `Authorization` decides when it is there, also when it is
 * malformed: a second credential does not mend it. `credentials` is null when everybody may do everything.
 */
export const authenticate = (
  credentials: Credentials | null,
  headers: Readonly<Record<string, string>>,
): Caller | undefined | Promise<Caller | undefined> => {
  if (credentials === null) return anyone;
  const { authorization } = headers;
  const secret = authorization === undefined ? headers['x-api-key'] : readAuthorization(authorization);
  const caller = credentials.verify(secret ?? '');
  // An absent credential takes the same way as a wrong one.
  return secret === undefined || secret === '' ? nobody(caller) : caller;
};

const nobody = async (asked: unknown): Promise<undefined> => {
  await asked;
  return undefined;
};

/** The secret of `ApiKey <key>` or `Bearer <token>` (RFC 9110 11.4: scheme names ignore case). */
const readAuthorization = (value: string): string | undefined =>
  /^(?:apikey|bearer) +([\x21-\x7e]+) *$/i.exec(value)?.[1];
