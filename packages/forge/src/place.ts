/** Where a repository is, by its url. */
interface Named {
  /** In lower case, with a port where one that is not usual stands in an http url. */
  readonly host: string;
  /** `acme/site`, without `.git`. */
  readonly path: string;
}

/**
 * Host and path of an http, https or ssh url, or of the short form `user@host:path`. A user, a password and the port of ssh
 * say nothing about the forge. Undefined where a part of the path could mean something else to it.
 */
export const placeOf = (url: string): Named | undefined => {
  const short = /^[A-Za-z0-9_][\w.-]*@([A-Za-z0-9][\w.-]*):(?!\/)(.+)$/.exec(url);
  const [, shortHost, shortPath] = short ?? [];
  if (shortHost !== undefined && shortPath !== undefined) return named(shortHost, shortPath);
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  const { protocol, host, hostname, pathname } = parsed;
  if (protocol === 'http:' || protocol === 'https:') return named(host, pathname);
  return protocol === 'ssh:' ? named(hostname, pathname) : undefined;
};

const named = (host: string, path: string): Named | undefined => {
  const clean = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const isPlain = clean.split('/').every((part) => /^[A-Za-z0-9_][\w.-]*$/.test(part));
  return isPlain && clean.includes('/') ? { host: host.toLowerCase(), path: clean } : undefined;
};
