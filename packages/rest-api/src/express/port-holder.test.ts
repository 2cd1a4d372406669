import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { portHolder } from './port-holder.ts';

it.skipIf(process.platform !== 'linux')(
  'names the process that listens, and nobody once it stopped',
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    expect(await portHolder(address.port)).toMatch(new RegExp(`^process ${process.pid} \\(node`));
    await new Promise((resolve) => server.close(resolve));
    expect(await portHolder(address.port)).toBeUndefined();
  },
);
