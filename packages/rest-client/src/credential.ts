import { fieldProblem, Problem } from '@agent-harbor/core/problem';

/** What proves who calls: an API key, or a bearer token. */
export type Credential = { readonly apiKey: string } | { readonly token: string };

/**
 * A credential, or a function that finds one. The function is asked once and again after the server refused what it
 * gave; undefined calls without a credential.
 */
export type CredentialSource = Credential | (() => Credential | undefined | Promise<Credential | undefined>);

/** The `Authorization` header of one client. */
export interface Authorization {
  /** The header's value; undefined when there is no credential. */
  value(): Promise<string | undefined>;
  /** The server refused `value`. Whether a new one may be had. */
  refused(value: string | undefined): boolean;
}

export const createAuthorization = (source: CredentialSource | undefined): Authorization => {
  if (typeof source !== 'function') {
    const fixed = source === undefined ? undefined : headerOf(source);
    return { value: async () => fixed, refused: () => false };
  }
  let current: Promise<string | undefined> | undefined;
  let latest: string | undefined;
  return {
    async value() {
      current ??= Promise.resolve()
        .then(source)
        .then((found) => (found === undefined ? undefined : headerOf(found)))
        .catch((error: unknown) => {
          current = undefined;
          throw error instanceof Problem
            ? error
            : new Problem('unauthorized', { detail: missing(error), cause: error });
        });
      latest = await current;
      return latest;
    },
    refused(value) {
      // Another call may have renewed it meanwhile.
      if (value === latest) current = undefined;
      return true;
    },
  };
};

const missing = (error: unknown): string =>
  `No credential could be had: ${error instanceof Error ? error.message : String(error)}.`;

const headerOf = (credential: Credential): string => {
  const [field, scheme, secret] =
    'apiKey' in credential ? ['apiKey', 'ApiKey', credential.apiKey] : ['token', 'Bearer', credential.token];
  // Never repeats the secret itself.
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw fieldProblem(field, 'must be visible ASCII characters without spaces');
  return `${scheme} ${secret}`;
};
