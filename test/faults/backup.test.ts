import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@agent-harbor/rest-client/node';
import { execa } from 'execa';
import { expect } from 'vitest';
import { countingTask } from './harness/agents.ts';
import { programs } from './harness/bundle.ts';
import { append, startReader, startWriter } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { firstWord } from './harness/first-word.ts';
import {
  countedIn,
  endedSessions,
  isOver,
  launch,
  numberOf,
  statusOf,
  untilStatus,
} from './harness/launch.ts';
import { type Frame, replay } from './harness/replay.ts';

const ah = async (...args: string[]) => {
  const { stdout } = await execa(process.execPath, [(await programs()).ah, ...args, '--json']);
  return JSON.parse(stdout) as Record<string, unknown>;
};

const messagesOf = (frames: readonly Frame[]): string[] =>
  frames.flatMap(({ event }) => (event.type === 'log' ? [event.message] : []));

faultTest(
  'a backup under load is brought back elsewhere, and in place',
  { needs: ['linux'], tier: 'long' },
  async (run) => {
    const { folder, oracle } = run;
    const stop = join(folder, 'stop');
    run.finally(() => writeFile(stop, ''));
    const server = run.server({ settings: { maxConcurrentTasks: 3 } });
    await server.start();
    const [written = '', busy = ''] = await endedSessions(server, 2);
    const live = await launch(server, countingTask(stop, 5));
    const reader = startReader({ server, oracle, name: 'reader' }, live);
    const writers = [written, busy].map((id, index) =>
      startWriter({ server, oracle, name: `writer-${index}` }, id),
    );
    const said = (beyond: number) => reader.until(({ event }) => (numberOf(event) ?? 0) > beyond);
    await said(20);
    for (let index = 0; index < 30; index += 10) {
      const some = Array.from({ length: 10 }, (_, one) => `before ${index + one}`);
      expect(await append(server, written, some)).toBe(201);
    }

    // Under load: two writers, an agent and a reader go on.
    const backup = join(folder, 'backup');
    const made = await ah('backup', backup, '--state-dir', server.stateDir);
    expect(made).toMatchObject({ verified: true, directory: backup });
    const counted = reader.seen.reduce((most, { event }) => Math.max(most, numberOf(event) ?? 0), 0);
    expect(await append(server, written, ['after the backup'])).toBe(201);
    await said(counted + 50);
    for (const writer of writers) await writer.stop();
    await reader.stop();
    const old = await replay(server, written);
    const oldId = old.at(-1)?.id ?? '';
    const ofAll = reader.seen.at(-1)?.id ?? '';
    for (const flags of [[], ['--replace']]) {
      const there = ['--state-dir', server.stateDir, ...flags];
      await expect(ah('restore', backup, ...there)).rejects.toMatchObject({
        exitCode: 7,
        stdout: expect.stringContaining('is held by process'),
      });
    }
    await server.kill();
    run.struck();
    // Also of a server that is not there: what it had written last lies beside its database.
    const ofDead = await ah('backup', join(folder, 'of-dead'), '--state-dir', server.stateDir);
    expect(ofDead).toMatchObject({ verified: true, epoch: made.epoch });
    expect(Number(ofDead.position)).toBeGreaterThan(Number(made.position));

    // Elsewhere there are no recorders: what was in the store is there, what ran has failed with the reason.
    const elsewhere = join(folder, 'elsewhere');
    const restored = await ah('restore', backup, '--state-dir', elsewhere);
    expect(restored).toMatchObject({ previousEpoch: made.epoch, key: 'restored', aside: null });
    expect(restored.epoch).not.toBe(made.epoch);
    const second = run.server({ stateDir: elsewhere });
    await second.start();
    const frames = await replay(second, written);
    const ours = messagesOf(frames).filter((message) => message.startsWith('before '));
    expect(ours).toEqual(Array.from({ length: 30 }, (_, index) => `before ${index}`));
    expect(messagesOf(frames)).not.toContain('after the backup');
    // What is there is the beginning of what was there, event for event.
    expect(frames.map(({ event }) => event)).toEqual(old.slice(0, frames.length).map(({ event }) => event));
    expect(isOver(await untilStatus(second, live, isOver, 60_000))).toBe(true);
    expect(await statusOf(second, live)).toBe('failed');
    for (const [sessionId, id] of [
      [written, oldId],
      [live, ofAll],
      [undefined, oldId],
    ] as const) {
      const { resync, frame } = await firstWord(second, sessionId, id);
      expect(resync).toMatchObject({ reason: 'foreign-epoch', epoch: restored.epoch });
      expect(frame?.id).toBe(resync?.oldest);
    }
    // The SDK is told, goes on, and comes to the end.
    const harbor = connect({ base: second.url, apiKey: await second.key() });
    const items = [];
    for await (const item of harbor.tasks.subscribe(written, { after: oldId })) items.push(item);
    expect(items[0]?.event).toMatchObject({ type: 'resync', reason: 'foreign-epoch' });
    expect(items.slice(1).map(({ event }) => event)).toEqual(frames.map(({ event }) => event));
    await harbor.close();
    await second.stop();

    // In place the recorder has gone on all the time: its journal fills the store again, without a hole.
    const inPlace = await ah('restore', backup, '--state-dir', server.stateDir, '--replace');
    expect(inPlace).toMatchObject({ key: 'kept', unknownSessions: [] });
    await server.start();
    const again = startReader({ server, oracle: run.oracle, name: 'reader-again' }, live);
    await again.until(({ event }) => (numberOf(event) ?? 0) > counted + 100);
    await writeFile(stop, '');
    expect(await untilStatus(server, live, isOver, 60_000)).toBe('completed');
    await again.stop();
    const lines = countedIn(await replay(server, live));
    expect(lines.length).toBeGreaterThan(counted + 100);
    expect(lines).toEqual(lines.map((_, index) => index + 1));
    await server.stop();
    run.tell(
      `${frames.length} of ${old.length} events restored, ${lines.length} lines of a recorder that lived through it`,
    );
  },
);

faultTest(
  'a backup that is killed leaves nothing that looks like one',
  { needs: ['linux'], tier: 'long' },
  async (run) => {
    const server = run.server();
    await server.start();
    const [id = ''] = await endedSessions(server, 1);
    const text = 'x'.repeat(20_000);
    for (let index = 0; index < 30; index++)
      await append(
        server,
        id,
        Array.from({ length: 10 }, () => text),
      );
    const backup = join(run.folder, 'backup');
    const { ah: program } = await programs();
    // Before it would be done, wherever that is.
    for (let round = 0; round < 30; round++) {
      const making = execa(process.execPath, [program, 'backup', backup, '--state-dir', server.stateDir], {
        reject: false,
      });
      setTimeout(() => making.kill('SIGKILL'), run.between(50, 700));
      const { signal } = await making;
      if (signal === undefined) {
        // It was done: then it is whole.
        expect(await ah('backup', backup, '--verify')).toMatchObject({ verified: true });
        await rename(backup, `${backup}-${round}`);
      } else {
        run.struck();
        await expect(ah('backup', backup, '--verify')).rejects.toMatchObject({
          exitCode: 7,
          stdout: expect.stringContaining('is no backup'),
        });
      }
    }
    // The server has not noticed, and the next backup is made.
    expect(await append(server, id, ['still here'])).toBe(201);
    expect(await ah('backup', backup, '--state-dir', server.stateDir)).toMatchObject({ verified: true });
    await rm(backup, { recursive: true });
    await server.stop();
  },
);
