import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that cuts the connections it carries. */
export interface CuttingProxy {
  readonly url: string;
  /** Leads new connections to this server. */
  leadTo(url: string): void;
  /** How many bytes of an answer went through before each cut: the connection was open and had more to carry. */
  readonly cuts: readonly number[];
  /** How many connections that carried an answer the server itself broke. */
  readonly brokenByServer: number;
  /** How many connections carry an answer at this moment. */
  readonly open: number;
  close(): Promise<void>;
}

/** After how many more bytes of its answer a connection is cut; undefined carries it on, and it is asked again later. */
type NextCut = () => number | undefined;

export const startCuttingProxy = async (nextCut: NextCut): Promise<CuttingProxy> => {
  const cuts: number[] = [];
  const carried = new Set<Socket>();
  const answered = new Set<Socket>();
  let target = { host: '127.0.0.1', port: 0 };
  let brokenByServer = 0;

  const proxy = createServer((client) => {
    const upstream = connect(target);
    let limit: number | undefined;
    let passed = 0;
    let isCut = false;
    const drop = () => {
      carried.delete(client);
      answered.delete(client);
      client.destroy();
      upstream.destroy();
    };
    carried.add(client);
    client.on('data', (bytes) => upstream.write(bytes));
    client.on('error', drop);
    client.on('close', drop);
    upstream.on('data', (bytes) => {
      if (client.destroyed || isCut) return;
      answered.add(client);
      const more = limit === undefined ? nextCut() : undefined;
      if (more !== undefined) limit = passed + more;
      if (limit === undefined || passed + bytes.length < limit) {
        passed += bytes.length;
        client.write(bytes);
        return;
      }
      // The bytes up to the cut still arrive, the rest never does.
      cuts.push(limit);
      isCut = true;
      answered.delete(client);
      client.write(bytes.subarray(0, limit - passed), drop);
    });
    const broken = () => {
      if (answered.has(client)) brokenByServer += 1;
      drop();
    };
    upstream.on('error', broken);
    upstream.on('close', broken);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    leadTo(url) {
      const { hostname, port: ofServer } = new URL(url);
      target = { host: hostname, port: Number(ofServer) };
    },
    cuts,
    get brokenByServer() {
      return brokenByServer;
    },
    get open() {
      return answered.size;
    },
    async close() {
      for (const client of carried) client.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
};
