import type { Scope } from '@agent-harbor/core';

/** What a caller may do: a viewer reads, an operator acts, an admin configures; an executor reports. */
export type Role = 'viewer' | 'operator' | 'admin' | 'executor';

/** Who calls. */
export interface Caller {
  /** Names the credential in logs, limits and idempotency; never the credential itself. */
  readonly id: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** Where credentials are looked up. */
export interface Credentials {
  /** The caller behind an API key or token; undefined when it is unknown, revoked or expired. A promise where it takes a while. */
  verify(secret: string): Caller | undefined | Promise<Caller | undefined>;
}

/** A key as it is kept: only its digest. */
export interface KnownKey {
  readonly digest: Uint8Array;
  readonly caller: Caller;
}

/** SHA-256 of a key, as `KnownKey` keeps it. */
export const digestKey = async (key: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));

/**
 * Credentials from a list of keys. Every key is compared, each over its whole digest, so that the time taken tells
 * nothing about which one came close. A key that was found good is remembered: hashing is half the cost of a request.
 */
export const createKeyCredentials = (keys: readonly KnownKey[]): Credentials => {
  const good = new Map<string, Caller>();
  const look = async (secret: string): Promise<Caller | undefined> => {
    const presented = await digestKey(secret);
    let found: Caller | undefined;
    for (const key of keys) {
      if (isEqual(key.digest, presented)) found = key.caller;
    }
    if (found !== undefined) good.set(secret, found);
    return found;
  };
  return { verify: (secret) => good.get(secret) ?? look(secret) };
};

const isEqual = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return difference === 0;
};

/** Whether a role covers what a route asks for. */
export const covers = (role: Role, wanted: Role): boolean =>
  role === wanted || (role !== 'executor' && wanted !== 'executor' && rank[role] >= rank[wanted]);

const rank = { viewer: 0, operator: 1, admin: 2, executor: -1 } as const satisfies Record<Role, number>;
