// Loaded before every Node server that is measured (`--import`): it answers what can only be asked from inside. It does
// nothing until it is asked, and does not keep the process alive.
import type { Session } from 'node:inspector/promises';

let profiler: Session | undefined;

const startProfile = async (): Promise<void> => {
  const { Session } = await import('node:inspector/promises');
  profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.start');
  process.send?.('profiling');
};

const endProfile = async (): Promise<void> => {
  const ended = await profiler?.post('Profiler.stop');
  profiler?.disconnect();
  process.send?.({ profile: ended?.profile });
};

/** Tells of a turn of the event loop how long it was on the wall, and how much of it this thread was at work. */
const startTurns = (): void => {
  let wall = performance.now();
  let { user, system } = process.threadCpuUsage();
  turns = { stall: 0, slice: 0 };
  const tick = () => {
    const now = performance.now();
    const spent = process.threadCpuUsage();
    const slice = (spent.user + spent.system - user - system) / 1000;
    turns.stall = Math.max(turns.stall, now - wall - tickMs);
    turns.slice = Math.max(turns.slice, slice);
    wall = now;
    ({ user, system } = spent);
  };
  const timer = setInterval(tick, tickMs);
  endTurns = () => {
    clearInterval(timer);
    tick();
    return turns;
  };
};
const tickMs = 1;
let turns = { stall: 0, slice: 0 };
let endTurns = () => turns;

process.on('message', (wish) => {
  if (wish === 'turns') {
    startTurns();
    return void process.send?.('turns');
  }
  if (wish === 'turns-end') return void process.send?.(endTurns());
  if (wish === 'profile') return void startProfile();
  if (wish === 'profile-end') return void endProfile();
  if (wish !== 'usage' && wish !== 'collect') return;
  if (wish === 'collect') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() / 1024 / 1024 });
});
process.channel?.unref();
