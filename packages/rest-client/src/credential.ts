import { Problem } from '@agent-harbor/core/problem/bare';
import { visible } from './routes/request.ts';

/** What proves who calls: an API key, or a bearer token. */
export type Credential = { readonly apiKey: string } | { readonly token: string };

/**
 * A credential, or a function that finds one. The function is asked once, and again after the server refused what it
 * gave; undefined calls without a credential.
 */
export type CredentialSource = Credential | (() => Credential | undefined | Promise<Credential | undefined>);

/** The `Authorization` header of one client; undefined without a credential. */
export type Authorization = string | undefined;

/** Gives the header, anew where the server refused `refused` and there may be another one. */
export type Authorizer = (refused?: readonly [Authorization]) => Promise<Authorization>;

export const createAuthorizer = (source: CredentialSource | undefined): Authorizer => {
  let asked: Promise<Authorization> | undefined;
  let latest: Authorization | null = null;
  const ask = async () => {
    try {
      latest = null;
      // A function may throw at once, and `asked` must be set by then.
      await undefined;
      latest = headerOf(await (typeof source === 'function' ? source() : source));
      return latest;
    } catch (cause) {
      asked = undefined;
      if (cause instanceof Problem) throw cause;
      // What the function says may be a secret of its own: only the cause has it.
      throw new Problem('unauthorized', { status: 401, cause });
    }
  };
  return (refused) => {
    // Another call may have renewed it meanwhile.
    if (refused && refused[0] === latest) asked = undefined;
    asked ??= ask();
    return asked;
  };
};

const headerOf = (credential: Credential | undefined): Authorization =>
  credential &&
  ('apiKey' in credential
    ? `ApiKey ${visible('apiKey', credential.apiKey)}`
    : `Bearer ${visible('token', credential.token)}`);
