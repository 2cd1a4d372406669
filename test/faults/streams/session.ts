import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEventId } from '@agent-harbor/core';
import { waitingTask } from '../harness/agents.ts';
import { append } from '../harness/clients.ts';
import type { FaultRun } from '../harness/fault-test.ts';
import { launch, untilStatus } from '../harness/launch.ts';
import type { ServerUnderTest } from '../harness/server.ts';

/** A session that runs until the test is over, and whose log a test writes. */
export const liveSession = async (run: FaultRun, server: ServerUnderTest): Promise<string> => {
  const stop = join(run.folder, 'stop');
  run.finally(() => writeFile(stop, ''));
  const sessionId = await launch(server, waitingTask(stop));
  await untilStatus(server, sessionId, (status) => status === 'running', 60_000);
  return sessionId;
};

/** Where the log ends now: the id of its newest event, and the parts of it. */
export const endOf = async (
  server: ServerUnderTest,
  sessionId: string,
): Promise<{ readonly id: string; readonly epoch: string; readonly number: number }> => {
  const response = await server.call('GET', `/api/v1/sessions/${sessionId}/events`, undefined, {
    accept: 'text/event-stream',
    'last-event-id': 'nobody-1',
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/^data: .*\n/m.test(text)) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  // What is of another epoch is answered with where the log begins.
  const { epoch } = parseEventId(/^id: (.*)$/m.exec(text)?.[1] ?? '');
  const { items } = await server.json('GET', `/api/v1/sessions/${sessionId}/events?perPage=1&page=1`);
  const number = Number(Array.isArray(items) ? items[0]?.seq : 0);
  return { id: `${epoch}-${number}`, epoch, number };
};

/** Appends so many log lines, each with the acknowledgement noted, in requests of at most a hundred. */
export const appendMarked = async (
  run: FaultRun,
  server: ServerUnderTest,
  sessionId: string,
  count: number,
  padding = '',
): Promise<void> => {
  for (let left = count; left > 0; left -= 100) {
    const marks = Array.from({ length: Math.min(left, 100) }, () => run.oracle.send(sessionId, 'writer'));
    const status = await append(
      server,
      sessionId,
      marks.map((mark) => `${mark} ${padding}`),
    );
    if (status !== 201) throw new Error(`An append was answered with ${status}.`);
    for (const mark of marks) run.oracle.acknowledge(sessionId, mark);
  }
};
