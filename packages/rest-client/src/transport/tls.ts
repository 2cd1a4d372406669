import { fieldProblem } from '@agent-harbor/core/problem';

/** How a server on https proves who it is, and how the client does. Certificates and keys are PEM text. */
export interface TlsOptions {
  /** The authorities that are trusted, instead of those of the host. */
  readonly ca?: string | readonly string[] | undefined;
  /** The certificate, with its chain, that the client proves itself by; `key` belongs to it. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Opens `key` when it is encrypted. */
  readonly passphrase?: string | undefined;
  /** The name the server's certificate must have; that of the base when absent. */
  readonly serverName?: string | undefined;
  /**
   * Takes any certificate, so that whoever is in between can read the key and change the answers. For a trial on a
   * machine of one's own; the process warns.
   */
  readonly trustAnyServer?: boolean | undefined;
}

/** What undici hands on to node:tls. Throws `invalid-request` for options that contradict one another. */
export const connectOptions = (tls: TlsOptions, warn: (message: string) => void) => {
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw fieldProblem(tls.cert === undefined ? 'tls.cert' : 'tls.key', 'must be given with the other');
  }
  if (tls.trustAnyServer === true && tls.ca !== undefined) {
    throw fieldProblem('tls.trustAnyServer', 'contradicts tls.ca: give the authority, or trust any server');
  }
  if (tls.trustAnyServer === true) {
    warn(
      'The certificates of servers are not checked: whoever is in between can read and change everything.',
    );
  }
  return {
    ...(tls.ca === undefined ? {} : { ca: typeof tls.ca === 'string' ? tls.ca : [...tls.ca] }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key, passphrase: tls.passphrase }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    rejectUnauthorized: tls.trustAnyServer !== true,
  };
};
