import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FaultRun } from '../harness/fault-test.ts';

/** A network of its own, with one wire to this machine. */
export interface FarNetwork {
  /** The address of this machine there. */
  readonly address: string;
  /** Opens so many streams from there; resolves when each has its head. Their reader stays until the end of the test. */
  openStreams(url: string, headers: Readonly<Record<string, string>>, count: number): Promise<void>;
  /** From now on every packet is lost, in both directions, and nobody is told. */
  loseAll(): void;
}

let made = 0;

export const createFarNetwork = (run: FaultRun): FarNetwork => {
  const name = `ah${process.pid % 100_000}x${made++}`;
  const subnet = `10.${run.between(64, 250)}.${run.between(0, 250)}`;
  const [near, far] = [`${name}a`, `${name}b`];
  const ip = (...args: string[]) => execFileSync('ip', args);
  const inside = (...args: string[]) => ip('netns', 'exec', name, ...args);
  ip('netns', 'add', name);
  run.finally(() => ip('netns', 'delete', name));
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
  // By itself the wire would go only when the last process in the network has ended.
  run.finally(() => ip('link', 'delete', near));
  ip('address', 'add', `${subnet}.1/30`, 'dev', near);
  ip('link', 'set', near, 'up');
  inside('ip', 'address', 'add', `${subnet}.2/30`, 'dev', far);
  inside('ip', 'link', 'set', far, 'up');
  inside('ip', 'link', 'set', 'lo', 'up');
  return {
    address: `${subnet}.1`,
    async openStreams(url, headers, count) {
      const command = [
        'netns',
        'exec',
        name,
        process.execPath,
        '-e',
        reader,
        url,
        JSON.stringify(headers),
        String(count),
      ];
      const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
      run.finally(() => child.kill('SIGKILL'));
      const lines = createInterface({ input: child.stdout });
      await new Promise<void>((resolve, reject) => {
        lines.once('line', () => resolve());
        child.once('exit', (code) => reject(new Error(`The far readers ended with ${code}.`)));
      });
    },
    loseAll() {
      for (const chain of ['INPUT', 'OUTPUT']) inside('iptables', '-A', chain, '-j', 'DROP');
    },
  };
};

/** Reads the head of each stream, and what follows as long as something does. */
const reader = `
  const [url, headers, count] = process.argv.slice(1);
  const { get, Agent } = require('node:http');
  let open = 0;
  for (let one = 0; one < Number(count); one++) {
    const request = get(url, { headers: JSON.parse(headers), agent: new Agent({ keepAlive: true }) }, (response) => {
      response.resume();
      response.on('error', () => {});
      response.once('data', () => { if (++open === Number(count)) console.log('open'); });
    });
    request.on('error', () => {});
  }
`;
