import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { append } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { endedSessions } from './harness/launch.ts';
import { byTier } from './harness/tier.ts';

/** How long commits wait for another program before they are refused. */
const deadlineMs = 2_000;
/** How long it is held: in the short tier only until the commit is refused. */
const heldMs = byTier(deadlineMs, 5_000);

const percentile = (times: readonly number[], part: number): number =>
  [...times].sort((left, right) => left - right)[Math.floor(times.length * part)] ?? 0;

faultTest('F7: another program holds the database for seconds', {}, async (run) => {
  const server = run.server();
  await server.start();
  const [target = ''] = await endedSessions(server, 1);

  /** Asks for something small all the time; how long each answer took. */
  const ask = async (until: () => boolean): Promise<number[]> => {
    const times: number[] = [];
    while (!until()) {
      const asked = performance.now();
      expect((await server.call('GET', '/healthz')).status).toBe(200);
      times.push(performance.now() - asked);
    }
    return times;
  };
  const calm = performance.now();
  const usual = percentile(await ask(() => performance.now() - calm > byTier(250, 500)), 0.99);

  const other = new DatabaseSync(join(server.stateDir, 'harbor.db'));
  run.finally(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  run.struck();
  const begun = performance.now();
  const elapsed = () => performance.now() - begun;
  const mark = run.oracle.send(target, 'writer');
  let waitedMs = 0;
  const refused = server
    .call('POST', `/test/sessions/${target}/events`, {
      events: [{ type: 'log', level: 'info', message: mark }],
    })
    .then(async (response) => {
      waitedMs = elapsed();
      return {
        status: response.status,
        retry: response.headers.get('retry-after'),
        body: await response.json(),
      };
    });
  const times = await ask(() => waitedMs > 0 && elapsed() > heldMs);
  // Not before the deadline: who holds it for a moment only is nobody's business.
  expect(await refused).toMatchObject({ status: 503, body: { code: 'not-ready' } });
  expect(Number((await refused).retry)).toBeGreaterThan(0);
  expect(waitedMs).toBeGreaterThan(deadlineMs * 0.9);
  expect(waitedMs).toBeLessThan(Math.max(heldMs, 2 * deadlineMs));
  // Reading is not held up, and the event loop does not stand still.
  const stall = percentile(times, 0.99);
  expect(times.length).toBeGreaterThan(20);
  expect(stall).toBeLessThan(Math.max(50, 3 * usual));
  expect((await server.call('GET', `/api/v1/sessions/${target}`)).status).toBe(200);

  // A commit that came in time waits, and goes through.
  const waiting = append(server, target, [run.oracle.send(target, 'writer')]);
  other.exec('ROLLBACK');
  expect(await waiting).toBe(201);
  expect((await server.call('GET', '/readyz')).status).toBe(200);
  const { stored } = await run.expectSound(server, [target]);
  run.tell(
    `p99 of ${times.length} answers ${stall.toFixed(1)} ms (${usual.toFixed(1)} before), refused after ${Math.round(waitedMs)} ms, ${stored} stored`,
  );
});
