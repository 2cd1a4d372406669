import { once } from 'node:events';
import type { Server } from 'node:http';
import type { FaultRun } from './fault-test.ts';

/** Has a server of the test listen on loopback until the run is over; its host and port. */
export const listen = async (run: FaultRun, server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  run.finally(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};
