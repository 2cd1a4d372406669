import { createArrivals } from '../load/arrivals.ts';
import { createConnection } from '../load/connection.ts';
import { cpuPer } from '../load/cpu-per.ts';
import { freePort } from '../load/free-port.ts';
import { encodeRequest, type RequestBytes, runLoad } from '../load/requests.ts';
import { subscribe, subscribeAll } from '../load/subscriber.ts';
import { untilAnswered } from '../load/until-answered.ts';
import { type Program, startProgram } from '../process/program.ts';
import type { Stage } from '../stage.ts';
import type { Peer, Work } from './peer.ts';

const quietMs = 2_000;
const readers = 1_000;
const wanted = 3_000;

const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes down one figure of a round. */
type Tell = (what: string, value: number) => void;

/** One round: a new server, and everything it can be asked for. What was measured before a failure is told already. */
export const measurePeer = async (peer: Peer, stage: Stage, tell: Tell): Promise<void> => {
  const port = await freePort();
  const from = performance.now();
  const program = await startProgram({ argv: peer.argv(port), env: peer.env, announces: false });
  try {
    await untilAnswered(program, port, peer.health);
    tell('start to the first 200, ms', performance.now() - from);
    await quiet(quietMs);
    const idle = await program.memory();
    tell('idle memory, MiB', idle);
    const work = await peer.prepare(port);
    if (work.resume !== undefined) await resume(port, work, tell);
    await requests(program, port, work, stage, tell);
    if (work.stream !== undefined) await streams(program, port, work, work.stream, stage, tell);
  } finally {
    await program.stop();
  }
};

const requests = async (program: Program, port: number, { get, list }: Work, stage: Stage, tell: Tell) => {
  const costOf = async (request: RequestBytes): Promise<number> => {
    const bytes = encodeRequest(request);
    const load = () =>
      runLoad({ port, connections: 16, forMs: stage.loadMs, atLeast: 100, request: () => bytes });
    await load();
    return (await cpuPer(program, load, ({ count }) => count)).cpu;
  };
  if (get !== undefined) tell('GET one, µs of processor time', await costOf(get));
  if (list !== undefined) tell('a list, µs of processor time', await costOf(list));
};

/** How much of a past of 3,000 events a reader that comes back from their beginning is given. */
const resume = async (port: number, { resume: past, event }: Work, tell: Tell) => {
  if (past === undefined || event === undefined) return;
  const connection = await createConnection(port);
  const bytes = encodeRequest(event);
  for (let count = 0; count < wanted; count += past.eventsEach) await connection.send(bytes);
  connection.close();
  const from = performance.now();
  const subscriber = await subscribe({ port, request: past.stream });
  await subscriber.until(1);
  tell('resume from the beginning: first event, ms', performance.now() - from);
  // What does not come for a while does not come.
  for (let before = -1; before !== subscriber.events; ) {
    before = subscriber.events;
    await quiet(500);
  }
  tell(`resume from the beginning: events of ${wanted}`, Math.min(wanted, subscriber.events));
  subscriber.close();
};

const streams = async (
  program: Program,
  port: number,
  { event }: Work,
  stream: RequestBytes,
  stage: Stage,
  tell: Tell,
) => {
  const count = stage.sized(readers);
  const before = await program.memory();
  const arrivals = createArrivals();
  const all = await subscribeAll(count, () => ({ port, request: stream, onEvents: arrivals.add }));
  await arrivals.settled();
  tell('memory per subscriber, KiB', ((await program.memory()) - before) * (1024 / count));
  if (event !== undefined) {
    const connection = await createConnection(port);
    const bytes = encodeRequest(event);
    const startedWith = arrivals.count;
    const { cpu } = await cpuPer(
      program,
      async () => {
        for (let sent = 0; sent < 20; sent++) {
          const least = arrivals.count + count;
          await connection.send(bytes);
          // One request may make several events: all have one at least.
          await arrivals.until(least);
        }
        await arrivals.settled();
      },
      () => arrivals.count - startedWith,
    );
    tell('fan-out, µs of processor time per delivery', cpu);
    connection.close();
  }
  for (const subscriber of all) subscriber.close();
};
