import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { expect, it } from 'vitest';
import { apiOf, type Frame } from './api.ts';
import { createChance } from './chance.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { startServer, temporaryFolder } from './program.ts';

const kills = 20;
const cutsPerKill = 10;
/** The title tells it; RESILIENCE_SEED repeats it. */
const seed = Number(process.env.RESILIENCE_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** Prints lines of all sizes, steadily, until a file appears. */
const agent = (stop: string): string => `
  const fs = require('node:fs');
  let line = 0;
  const timer = setInterval(() => {
    for (let burst = 0; burst <= line % 3; burst++) {
      line += 1;
      console.log('line ' + line + ' ü日🚢'.repeat(line % 7) + 'x'.repeat(line % 50 === 0 ? 3000 : line % 90));
    }
    if (fs.existsSync(${JSON.stringify(stop)})) clearInterval(timer);
  }, 15);`;

it(`follows a session over ${kills} kills and ${kills * cutsPerKill} cuts, and gives every event once and in order (seed ${seed})`, async () => {
  const chance = createChance(seed);
  const folder = await temporaryFolder();
  const stateDir = join(folder.path, 'state');
  const stop = join(folder.path, 'stop');
  let server = await startServer(stateDir);
  let wantedCuts = 0;
  // Of the first bytes as of later ones: in the head of the answer, between frames, inside of characters.
  const proxy = await startCuttingProxy(() =>
    proxy.cuts.length < wantedCuts ? 1 + Math.floor(chance() ** 2 * 6_000) : undefined,
  );
  proxy.leadTo(server.url);
  const api = await apiOf(server);
  const sessionId = await api.launch({
    prompt: 'Go on',
    repo: { mode: 'none' },
    agent: { type: 'command', settings: { command: [process.execPath, '-e', agent(stop)] } },
  });
  const subscriber = startSubscriber(proxy.url, await server.key(), sessionId);
  try {
    let struck = 0;
    for (let round = 1; round <= kills; round++) {
      wantedCuts = round * cutsPerKill;
      await subscriber.until(() => proxy.cuts.length >= wantedCuts && proxy.open > 0);
      const brokenBefore = proxy.brokenByServer;
      await server.kill();
      await subscriber.until(() => proxy.brokenByServer > brokenBefore);
      struck += 1;
      const seen = subscriber.lines.length;
      server = await startServer(stateDir);
      proxy.leadTo(server.url);
      await subscriber.until(() => subscriber.lines.length > seen);
    }
    await writeFile(stop, '');
    expect(await subscriber.exited, subscriber.errors()).toBe(0);

    const printed = subscriber.lines.map((line): Frame => {
      const { id, event } = JSON.parse(line);
      return { id, event: SessionEvent.parse(event) };
    });
    const stored = await (await apiOf(server)).frames(sessionId);
    expect(printed.map(({ event }) => event.seq)).toEqual(stored.map((_, index) => index + 1));
    expect(printed).toEqual(stored);
    // What the agent said is there as well, from its first line to its last.
    const said = stored.flatMap(({ event }) =>
      event.type === 'log' && event.stream === 'stdout'
        ? [Number(/^line (\d+)/.exec(event.message)?.[1])]
        : [],
    );
    expect(said).toEqual(said.map((_, index) => index + 1));
    expect(stored.at(-1)?.event).toMatchObject({ type: 'status', status: 'completed' });
    expect([struck, proxy.cuts.length]).toEqual([kills, kills * cutsPerKill]);
    expect(new Set(proxy.cuts).size).toBeGreaterThan(cutsPerKill);
    console.log(
      `seed ${seed}: ${struck} kills, ${proxy.cuts.length} cuts after ${Math.min(...proxy.cuts)} to ${Math.max(...proxy.cuts)} bytes, ${printed.length} events`,
    );
  } finally {
    await writeFile(stop, '');
    subscriber.stop();
    await proxy.close();
    await server.stop();
    await folder.remove();
  }
}, 300_000); // Half a minute on a quiet machine.

/** The program under test, and what it printed. */
const startSubscriber = (...args: readonly string[]) => {
  const program = fileURLToPath(new URL('./subscriber.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@agent-harbor/source', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  const looks = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const exited = once(child, 'close').then(([code]) => code);
  exited.then(() => {
    for (const look of looks) look();
  });
  return {
    lines,
    exited,
    errors: () => errors,
    stop: () => child.kill(),
    /** Waits until this holds; fails when the program ends before. */
    until: (holds: () => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!holds() && child.exitCode === null) return;
          clearInterval(timer);
          looks.delete(look);
          if (holds()) resolve();
          else reject(new Error(`The subscriber ended with ${child.exitCode}: ${errors}`));
        };
        // Several sources of events, none of which tells of all.
        const timer = setInterval(look, 10);
        looks.add(look);
        look();
      }),
  };
};
