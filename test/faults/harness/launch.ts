import { randomUUID } from 'node:crypto';
import type { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { endedTask } from './agents.ts';
import type { Frame } from './replay.ts';
import type { ServerUnderTest } from './server.ts';

/** Launches a task and gives its first session. Asked again under the same key until it was answered. */
export const launch = async (
  server: ServerUnderTest,
  task: Record<string, unknown>,
  key: string = randomUUID(),
): Promise<string> => {
  for (;;) {
    await server.up();
    const answer = await server.call('POST', '/api/v1/tasks', task, { 'idempotency-key': key }).then(
      async (response) => ({ status: response.status, body: await response.text() }),
      () => undefined,
    );
    if (answer?.status === 201) return String(JSON.parse(answer.body).id);
    // A twin of before is still at it, or nobody answered.
    if (answer !== undefined && answer.status !== 409 && answer.status !== 503)
      throw new Error(`The task was answered with ${answer.status}: ${answer.body}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** What a session is now. */
export const statusOf = async (server: ServerUnderTest, sessionId: string): Promise<string> =>
  String((await server.json('GET', `/api/v1/sessions/${sessionId}`)).status);

/** Resolves when the session is so; rejects after `patienceMs` with what it is. */
export const untilStatus = async (
  server: ServerUnderTest,
  sessionId: string,
  isWanted: (status: string) => boolean,
  patienceMs: number,
): Promise<string> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const status = await statusOf(server, sessionId);
    if (isWanted(status)) return status;
    if (performance.now() > deadline)
      throw new Error(`${sessionId} is still ${status} after ${patienceMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** The numbers of the lines `line 1`, `line 2` … that a counting agent has said, in the order of the log. */
export const countedIn = (frames: readonly Frame[]): number[] =>
  frames.flatMap(({ event }) => numberOf(event) ?? []);

export const numberOf = (event: SessionEvent): number | undefined => {
  const [, digits] = (event.type === 'log' && /^line (\d+)$/.exec(event.message)) || [];
  return digits === undefined ? undefined : Number(digits);
};

/** Whether a session has come to its end. */
export const isOver = (status: string): boolean =>
  ['completed', 'failed', 'stopped', 'cancelled'].includes(status);

/** Sessions that have ended: logs to append to, for which nothing runs. */
export const endedSessions = async (server: ServerUnderTest, count: number): Promise<string[]> => {
  const ids = await Promise.all(Array.from({ length: count }, () => launch(server, endedTask())));
  for (const id of ids) await untilStatus(server, id, isOver, 60_000);
  return ids;
};
