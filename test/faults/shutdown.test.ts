import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { countingTask, endedTask } from './harness/agents.ts';
import { startReader } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { countedIn, isOver, launch, untilStatus } from './harness/launch.ts';
import { replay } from './harness/replay.ts';
import type { ServerUnderTest } from './harness/server.ts';
import { byTier } from './harness/tier.ts';

const streams = byTier(50, 1_000);
const uploads = byTier(3, 20);
/** Each line goes to every other stream: a thousand of them hear a thousand words a second. */
const pauseMs = byTier(100, 1_000);
/** What a server may take to end, milliseconds. */
const drainMs = 30_000;

faultTest('F26: SIGTERM in the middle of streams and uploads', {}, async (run) => {
  const { folder, oracle } = run;
  const stop = join(folder, 'stop');
  run.finally(() => writeFile(stop, ''));
  const server = run.server({
    program: 'ah',
    args: ['--max-concurrent-tasks', '4', '--rate-limit', '1000000/60'],
  });
  await server.start();
  const agents = [
    await launch(server, countingTask(stop, pauseMs)),
    await launch(server, countingTask(stop, pauseMs)),
  ];
  const readers = Array.from({ length: streams }, (_, index) =>
    startReader(
      { server, oracle, name: `reader-${index}` },
      index % 10 === 9 ? undefined : agents[index % 2],
    ),
  );
  await Promise.all(readers.map((reader) => reader.until(({ event }) => event.type === 'log')));

  // Half of each request is on its way when the signal comes, the rest follows.
  const sent = await Promise.all(Array.from({ length: uploads }, (_, index) => beginUpload(server, index)));
  const since = performance.now();
  const stopping = server.stop();
  run.struck();
  const answers = await Promise.all(sent.map((upload) => upload.finish()));
  expect(await stopping).toEqual({ code: 0, signal: null });
  const tookMs = performance.now() - since;
  expect(tookMs).toBeLessThan(drainMs);
  const resumed = readers.map((reader) => reader.connections);

  await server.start();
  for (const { status, id } of answers) {
    expect(status).toBe(201);
    await untilStatus(server, id, isOver, 60_000);
  }
  await writeFile(stop, '');
  for (const id of agents) expect(await untilStatus(server, id, isOver, 60_000)).toBe('completed');
  const verdict = await run.expectSound(server, agents);
  for (const id of agents) {
    const frames = await replay(server, id);
    const said = countedIn(frames);
    expect(said).toEqual(said.map((_, index) => index + 1));
    const last = frames.at(-1)?.event;
    for (const [index, reader] of readers.entries()) {
      if (index % 10 !== 9 && agents[index % 2] !== id) continue;
      await reader.until(({ event }) => event.sessionId === id && event.seq === last?.seq);
    }
  }
  for (const [index, reader] of readers.entries()) {
    expect(reader.connections).toBeGreaterThan(resumed[index] ?? 0);
    await reader.stop();
  }
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  run.tell(`${streams} streams, ${uploads} uploads, ended in ${Math.round(tookMs)} ms, ${verdict.seen} seen`);
});

/** A task whose body has arrived by half. */
const beginUpload = async (server: ServerUnderTest, index: number) => {
  const body = JSON.stringify({ ...endedTask(), prompt: `upload ${index} ${'x'.repeat(60_000)}` });
  const upload = request(`${server.url}/api/v1/tasks`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `ApiKey ${await server.key()}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const answer = new Promise<{ status: number; id: string }>((resolve, reject) => {
    upload.once('error', reject);
    upload.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const told = JSON.parse(Buffer.concat(chunks).toString());
        resolve({ status: response.statusCode ?? 0, id: String(told.id) });
      });
    });
  });
  await new Promise((resolve) => upload.write(body.slice(0, body.length / 2), resolve));
  return {
    finish() {
      upload.end(body.slice(body.length / 2));
      return answer;
    },
  };
};
