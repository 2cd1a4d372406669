import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startDirectly } from '../process/start-program.ts';
import { systemClock } from '../recorder/system-clock.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { createAskVersion } from './asked-version.ts';

// Real programs on a host that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const program = async (script: string) => {
  const path = join(await temporaryDirectory(), 'agent.js');
  writeFileSync(path, script);
  return { argv: [process.execPath, path], path };
};

const asker = (environment = {}) =>
  createAskVersion({ environment, clock: systemClock, start: startDirectly });

test('a program is asked for its version once, and again when it is another', async () => {
  const asking = asker();
  const agent = await program(`console.log(process.argv[2], 'v1.2.3-rc.1');`);
  expect(await asking(agent)).toBe('1.2.3-rc.1');
  // Chance tells whether it ran once more.
  const random = await program('console.log(Math.random())');
  const first = await asking(random);
  expect(await asking(random)).toBe(first);
  writeFileSync(agent.path, 'console.log("agent 2.0.0 (linux)")');
  expect(await asking(agent)).toBe('2.0.0');
});

test('it gets nothing of the host, and a home that is gone afterwards', async () => {
  const asking = asker({ SECRET: 'the secret' });
  const agent = await program(
    `const { SECRET, HOME } = process.env;
     require('node:fs').writeFileSync(HOME + '/mark', '');
     console.log(SECRET === undefined && HOME !== ${JSON.stringify(process.env.HOME)} ? '1.0' : '6.6.6');`,
  );
  expect(await asking(agent)).toBe('1.0');
});

test('a program that says none, fails to start or never ends has none', async () => {
  const asking = asker();
  const [mute, endless] = [await program(''), await program('setInterval(() => {}, 1e6)')];
  expect(await Promise.all([mute, endless].map(asking))).toEqual([null, null]);
  expect(await asking({ argv: ['/nowhere/agent'], path: undefined })).toBeNull();
});
