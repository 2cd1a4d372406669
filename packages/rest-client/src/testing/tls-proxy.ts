import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

/** A certificate that vouches for itself, with its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for a name that is good for a day; undefined where there is no openssl. */
export const makeIdentity = (name: string): Identity | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`];
    const files = ['-keyout', key, '-out', cert, '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...files], { stdio: 'pipe' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A proxy that ends TLS and speaks HTTP/2 with those who can, HTTP/1.1 with the others. */
export interface TlsProxy {
  readonly base: string;
  /** The protocol of every request, as `2.0`. */
  readonly versions: readonly string[];
  /** How many connections were made. */
  readonly connections: number;
  /** Cuts every connection, and goes on. */
  cut(): void;
  close(): Promise<void>;
}

/** Who may come in: everybody, or only those who prove that they are the client. */
export const startTlsProxy = async (
  upstream: number,
  server: Identity,
  client?: Identity,
): Promise<TlsProxy> => {
  const versions: string[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  const proxy = createSecureServer({
    ...server,
    allowHTTP1: true,
    ...(client === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: client.cert }),
  });
  proxy.on('secureConnection', (socket: TLSSocket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  proxy.on('request', (incoming, outgoing) => {
    versions.push(incoming.httpVersion);
    forward(upstream, incoming, outgoing);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    base: `https://127.0.0.1:${address.port}`,
    versions,
    get connections() {
      return connections;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        cut();
      }),
  };
};

const forward = (port: number, incoming: Http2ServerRequest, outgoing: Http2ServerResponse): void => {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !name.startsWith(':')),
  );
  const onward = request({ port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers });
  onward.on('response', (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
    outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
    answer.on('error', () => outgoing.stream.destroy());
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.stream.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
};

const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);
