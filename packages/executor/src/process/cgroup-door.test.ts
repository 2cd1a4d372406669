import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, test, vi } from 'vitest';
import { stayAndSayPid } from '../testing/programs.ts';
import { openTestTree, treePlaces } from '../testing/trees.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const ownGroups = () => readFileSync('/proc/self/cgroup', 'utf8');

for (const { name, place } of treePlaces()) {
  if (place?.kind !== 'cgroup-v2' && place?.kind !== 'cgroup-v1') continue;
  describe(`the door of a ${name}`, () => {
    test('what is spawned after it was entered is a member, and who entered is none', async () => {
      const home = ownGroups();
      const { tree, start } = openTestTree(place);
      await tree.prepare();
      expect(ownGroups()).not.toBe(home);

      const root = start(stayAndSayPid);

      expect(ownGroups()).toBe(home);
      expect(tree.pids()).toEqual([root.pid]);
    });

    test('whoever spawns while he enters is out in the end', async () => {
      const home = ownGroups();
      const { tree, start } = openTestTree(place);
      const entered = tree.prepare();
      const root = start(stayAndSayPid);
      await entered;
      await Promise.resolve();
      expect(ownGroups()).toBe(home);
      expect(tree.pids()).toEqual([root.pid]);
    });

    test('whoever entered for nothing stands not still and is not killed', async () => {
      // In a process of its own: one that stands still could not say so.
      const code = `
        import { openTree } from ${JSON.stringify(new URL('./open-tree.ts', import.meta.url).href)};
        import { systemClock } from ${JSON.stringify(new URL('../recorder/system-clock.ts', import.meta.url).href)};
        const sessionId = 'door-' + process.pid;
        const place = ${JSON.stringify(place)};
        const tree = openTree({ ...place, directory: place.directory + '/' + sessionId }, { sessionId, root: () => undefined }, systemClock);
        await tree.prepare();
        await tree.freeze(new AbortController().signal);
        tree.thaw();
        await tree.kill();
        await tree.dispose();
        console.log('alive');`;
      const options = ['--conditions=@agent-harbor/source', '--input-type=module', '-e', code];
      const child = spawn(process.execPath, options, {
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 30_000,
        killSignal: 'SIGKILL',
      });
      const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
      expect(line).toBe('alive');
    });
  });
}
